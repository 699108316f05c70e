import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { serve } from '../../src/wiring/serve.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type } from '../support/typed.ts';

const DEMO = fileURLToPath(new URL('../../config/demo.yaml', import.meta.url));

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly says: string;
  readonly todo?: string;
}

let folder: string;
let variables: Record<string, string>;
beforeAll(async () => {
  folder = await scratchFolder();
  variables = { DATA_DIR: path.join(folder, 'data') };
  expect((await type(['apply', DEMO], { variables })).code).toBe(0);
});

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listenWith(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function examine(more: Record<string, string> = {}) {
  const { code, out } = await type('doctor --json', { variables: { ...variables, ...more } });
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  return { code, findings, bad: findings.filter(({ state }) => state === 'bad') };
}

describe('doctor', () => {
  it('tells every wrong setting, and looks no further', async () => {
    const { code, findings } = await examine({ PORT: 'x', PUBLIC_URL: 'y' });
    expect(code).toBe(1);
    expect(findings.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'settings bad',
      'settings bad',
    ]);
  });

  it('tells a database that does not answer', async () => {
    const { code, bad } = await examine({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      ROOMKEY_SECRET: '01'.repeat(32),
    });
    expect(code).toBe(1);
    expect(bad).toMatchObject([
      { check: 'database', says: expect.stringContaining('ECONNREFUSED') },
    ]);
  });

  it('tells a database nobody migrated', async () => {
    const { bad } = await examine({ DATA_DIR: path.join(folder, 'empty') });
    expect(bad).toMatchObject([{ check: 'migrations', todo: 'Run: roomkey migrate' }]);
  });

  it('tells a wrong secret as such', async () => {
    const { bad } = await examine({ ROOMKEY_SECRET: '09'.repeat(32) });
    expect(bad).toMatchObject([
      { check: 'secret', says: expect.stringContaining('ROOMKEY_SECRET is not the one') },
    ]);
  });

  it.each<[string, RequestListener, string]>([
    ['redirects', (_, res) => res.writeHead(301, { location: '/x' }).end(), 'follows no redirect'],
    ['does not know the key', (_, res) => res.writeHead(404).end(), 'answers 404 instead'],
    ['is somebody else', (_, res) => res.end('<!doctype html>'), 'something else than this key'],
    ['breaks off', (req) => req.socket.destroy(), 'does not answer'],
  ])('tells when what stands at PUBLIC_URL %s', async (_, answer, says) => {
    const port = await listenWith(answer);
    const { code, bad } = await examine({ PUBLIC_URL: `http://127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ check: 'keys of main', says: expect.stringContaining(says) }]);
  });

  it('finds nothing broken in a world that runs, and asks through its socket', async () => {
    const port = await listenWith(() => {});
    open.pop()?.close();
    const world = { PORT: String(port), LOG_LEVEL: 'silent' };
    const server = await serve(loadConfig({ ...variables, ...world }), () => {});
    try {
      const { code, bad, findings } = await examine(world);
      expect(bad).toEqual([]);
      expect(code).toBe(0);
      const says = findings.find(({ check }) => check === 'keys of main')?.says;
      expect(says).toBe(`Prosody can fetch all 2 from http://localhost:${port}.`);
    } finally {
      await server.stop();
    }
  });

  it('tells directories that do not answer, and the command that says more', async () => {
    const file = path.join(folder, 'upstreams.yaml');
    const ldap = { urls: ['ldap://127.0.0.1:1'], baseDn: 'dc=example,dc=org' };
    const oidc = { issuerUrl: 'http://127.0.0.1:1', clientId: 'roomkey', clientSecret: 'a secret' };
    const upstreams = [
      { slug: 'company', type: 'ldap', ...ldap, bindDn: 'cn=x', bindPassword: 'the password' },
      { slug: 'provider', type: 'oidc', ...oidc },
      { slug: 'former', type: 'ldap', ...ldap, disabled: true },
    ];
    await writeFile(file, JSON.stringify({ upstreams }));
    const world = { DATA_DIR: path.join(folder, 'directories'), ALLOW_LOOPBACK: '1' };
    const applied = await type(['apply', file], { variables: { ...variables, ...world } });
    expect([applied.code, applied.err]).toEqual([0, '']);
    const { bad } = await examine(world);
    expect(bad).toMatchObject([
      {
        check: 'upstream company',
        says: expect.stringContaining('ECONNREFUSED'),
        todo: expect.stringMatching(/firewall.*roomkey upstream test company/),
      },
      { check: 'upstream provider', says: expect.stringContaining('http://127.0.0.1:1') },
    ]);
    expect(JSON.stringify(bad)).not.toContain('the password');
  });

  it.each([
    ['http://auth.demo.example', 'is not encrypted'],
    ['https://auth.demo.invalid', 'TRUSTED_PROXIES names none'],
  ])('worries about PUBLIC_URL %s', async (url, says) => {
    const { findings } = await examine({ PUBLIC_URL: url });
    const finding = findings.find(({ check }) => check === 'public URL');
    expect(finding).toMatchObject({ state: 'worry', says: expect.stringContaining(says) });
  });
});
