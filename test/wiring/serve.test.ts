import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { type RunningServer, serve } from '../../src/wiring/serve.ts';
import { startDisposablePostgres } from '../support/disposable-postgres.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const scratch = await scratchFolder();
const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(environment: Record<string, string>) {
  const lines: string[] = [];
  const config = loadConfig({ PORT: '0', LOG_LEVEL: 'silent', ...environment });
  const server = await serve(config, (line) => lines.push(line));
  running.push(server);
  const get = (path: string) => fetch(server.address + path, { redirect: 'manual' });
  return { server, get, said: () => lines.join('\n') };
}

describe('serve on the embedded default', () => {
  it('says where it is and how to set it up, and makes a secret only its owner can read', async () => {
    const dataDir = join(scratch, 'first');
    const { get, said, server } = await start({ DATA_DIR: dataDir });
    // PORT=0 takes whichever port is free.
    const { port } = new URL(server.address);
    expect(said()).toContain(`Roomkey is at http://localhost:${port}\n`);
    expect(said()).toContain(`http://localhost:${port}/setup?token=`);
    expect(said()).toMatch(/\/setup\?token=[\w-]{43}/);
    expect((await get('/readyz')).status).toBe(200);
    const path = /\/setup\?token=[\w-]{43}/.exec(said())?.[0] ?? '';
    expect((await get(path)).status).toBe(200);
    expect((await stat(join(dataDir, 'secret'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o077).toBe(0);

    await server.stop();
    const again = await start({ DATA_DIR: dataDir });
    expect(again.said()).toMatch(/\/setup\?token=/);
    expect((await again.get(path)).status).toBe(403);
  });

  it('lets go of everything when its port is taken, and says so', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as net.AddressInfo;
    const dataDir = join(scratch, 'port-taken');
    const refused = start({ DATA_DIR: dataDir, PORT: String(port) });
    await expect(refused).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
    holder.close();
    const { get } = await start({ DATA_DIR: dataDir });
    expect((await get('/readyz')).status).toBe(200);
  });

  it('refuses a secret that is not the database’s, in words for the operator', async () => {
    const dataDir = join(scratch, 'secret');
    const { server } = await start({ DATA_DIR: dataDir });
    await server.stop();
    const wrong = { DATA_DIR: dataDir, ROOMKEY_SECRET: 'ab'.repeat(32) };
    await expect(start(wrong)).rejects.toThrow('ROOMKEY_SECRET is not the one');
    await expect(start({ DATA_DIR: dataDir })).resolves.toBeDefined();
  });

  it('finishes a request under way before it ends', async () => {
    const { server, get } = await start({ DATA_DIR: join(scratch, 'drain') });
    const socket = net.connect(Number(new URL(server.address).port), '127.0.0.1');
    const answer = text(socket);
    const head = 'POST /login HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n';
    const type = 'Content-Type: application/x-www-form-urlencoded\r\n';
    socket.write(`${head}${type}Content-Length: 10\r\n\r\ncsrf=`);
    await get('/healthz');
    const stopped = server.stop();
    socket.write('12345');
    expect(await answer).toMatch(/^HTTP\/1\.1 403/);
    await stopped;
    await expect(get('/healthz')).rejects.toThrow();
  });
});

async function flush(url: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query('checkpoint');
  await client.end();
}

describe('serve on Postgres', () => {
  it('answers 503 while the database is away, and comes back by itself', async () => {
    const postgres = await startDisposablePostgres();
    try {
      const { get } = await start({
        DATABASE_URL: postgres.url,
        ROOMKEY_SECRET: 'cd'.repeat(32),
      });
      expect((await get('/readyz')).status).toBe(200);
      // The disposable server commits lazily, and is halted as by a crash.
      await flush(postgres.url);
      await postgres.halt();
      expect((await get('/readyz')).status).toBe(503);
      expect((await get('/healthz')).status).toBe(200);
      const setup = await get('/setup?token=x');
      expect(setup.status).toBe(503);
      expect(Number(setup.headers.get('Retry-After'))).toBeGreaterThan(0);
      await postgres.resume();
      await expect.poll(async () => (await get('/readyz')).status, { timeout: 15_000 }).toBe(200);
      expect((await get('/setup?token=x')).status).toBe(403);
    } finally {
      await Promise.all(running.splice(0).map((server) => server.stop()));
      await postgres.stop();
    }
  }, 60_000);

  it('starts in several processes at once on an empty database', async () => {
    const postgres = await startDisposablePostgres();
    try {
      const environment = { DATABASE_URL: postgres.url, ROOMKEY_SECRET: 'cd'.repeat(32) };
      const servers = await Promise.all([1, 2, 3].map(() => start(environment)));
      for (const { get } of servers) expect((await get('/readyz')).status).toBe(200);
    } finally {
      await Promise.all(running.splice(0).map((server) => server.stop()));
      await postgres.stop();
    }
  }, 60_000);
});
