/** The examples of docs/applications.md, run as a reader runs them. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
const folder = path.join(import.meta.dirname, '../../examples/applications');
let main: Issuer;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  main = await app.addIssuer({ useRule: "inGroup('staff')" });
  await app.addUser({ username: 'ada', groups: ['staff'] });
  await app.addUser({ username: 'eve' });
  const key = await app.apiKey(['tokens:mint']);
  environment = { PATH: process.env.PATH, ROOMKEY_URL: app.base, ROOMKEY_API_KEY: key };
});

function run(program: string, ...args: string[]) {
  const child = spawn(program, args, { cwd: folder, env: environment });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  return new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0;
const tokenOf = (url: string) => new URL(url.trim()).searchParams.get('jwt') ?? '';

function expectTaken(token: string, room: string): void {
  expect(app.judge(main, token, room)).toMatchObject({ verdict: 'accepted' });
}

describe('bot.mjs', () => {
  it('prints an address whose token Prosody takes', async () => {
    const { code, out } = await run(process.execPath, 'bot.mjs', 'ada', 'Stand "up"');
    expect(code).toBe(0);
    expectTaken(tokenOf(out), 'Stand %22up%22');
  });

  it('says why not', async () => {
    const { code, out, err } = await run(process.execPath, 'bot.mjs', 'eve', 'stand-up');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^access_denied \(use_rule_false, by useRule\), reference [0-9A-Z]{8}\n$/);
  });

  it('asks for what it needs', async () => {
    expect((await run(process.execPath, 'bot.mjs')).code).toBe(2);
  });
});

describe.skipIf(!isThere('curl'))('token.sh', () => {
  it('prints the answer', async () => {
    const { code, out } = await run('sh', 'token.sh', 'ada', 'Say "hi" \\o');
    expect(code).not.toBe(0);
    expect(JSON.parse(out).error.code).toBe('room_invalid');
    const taken = await run('sh', 'token.sh', 'ada', 'Say "hi"');
    expect(taken.code).toBe(0);
    const { token, room } = JSON.parse(taken.out);
    expect(room).toBe('say "hi"');
    expectTaken(token, 'say %22hi%22');
  });

  it('fails where it is refused', async () => {
    const { code, out } = await run('sh', 'token.sh', 'eve', 'stand-up');
    expect(code).not.toBe(0);
    expect(JSON.parse(out).error.details.reason).toBe('use_rule_false');
  });
});

describe.skipIf(!isThere('php'))('meeting.php', () => {
  const servers: (() => void)[] = [];
  afterAll(() => {
    for (const stop of servers) stop();
  });

  async function serve(user: string | undefined) {
    const port = await freePort();
    const env = { ...environment, ...(user === undefined ? {} : { EXAMPLE_USER: user }) };
    const php = spawn('php', ['-S', `127.0.0.1:${port}`, 'meeting.php'], { cwd: folder, env });
    servers.push(() => php.kill());
    const ask = (query: string) =>
      fetch(`http://127.0.0.1:${port}/${query}`, { redirect: 'manual' });
    for (let turn = 0; turn < 100; turn++) {
      if (await ask('').catch(() => undefined)) break;
      await sleep(50);
    }
    return ask;
  }

  it('sends the person into the room', async () => {
    const answer = await (await serve('ada'))('?room=stand-up');
    expect(answer.status).toBe(303);
    expectTaken(tokenOf(answer.headers.get('Location') ?? ''), 'stand-up');
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('says no to whom the rules refuse, and to nobody', async () => {
    const refused = await (await serve('eve'))('?room=%3Cb%3Ea');
    expect(refused.status).toBe(403);
    expect(await refused.text()).not.toContain('<b>');
    expect((await (await serve(undefined))('?room=a')).status).toBe(401);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
