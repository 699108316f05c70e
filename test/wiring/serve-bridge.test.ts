import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { type RunningServer, serve } from '../../src/wiring/serve.ts';
import { EXAMPLES } from '../support/bridge-examples.ts';
import { bridgeHouse, HOUSE_URL, prosodyOn, walk } from '../support/bridge-house.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type } from '../support/typed.ts';

const scratch = await scratchFolder();
const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const OPENID = EXAMPLES['jitsi-openid'];

async function start(changes: Record<string, string> = {}) {
  const lines: string[] = [];
  const variables = { ...OPENID, PORT: '0', LOG_LEVEL: 'silent', ...changes };
  const server = await serve(loadConfig(variables), (line) => lines.push(line));
  running.push(server);
  const roomkey = (line: string) => type(line, { variables });
  return { server, said: lines.join('\n'), roomkey };
}

describe('serve with the environment of jitsi-openid and nothing else', () => {
  it('serves what it served, says so once, and still wants its administrator', async () => {
    const DATA_DIR = path.join(scratch, 'once');
    const first = await start({ DATA_DIR });
    expect(first.said).toContain(
      'This is the environment of jitsi-openid. Roomkey takes its place:',
    );
    expect(first.said).toMatch(/\+ issuer main[^]*\+ upstream sso[^]*Stricter now:/);
    expect(first.said).not.toContain(OPENID['JITSI_SECRET']);
    expect(first.said).not.toContain(OPENID['CLIENT_SECRET']);
    expect(first.said).toContain('Roomkey is at https://auth.example.org');
    expect(first.said).toContain('https://auth.example.org/setup?token=');
    await first.server.stop();

    const { said, roomkey } = await start({ DATA_DIR });
    expect(said).toContain('is the one already taken over: what is served stays as it is');
    expect(said).not.toContain('+ issuer');
    const { out } = await roomkey('export');
    expect(out).toMatch(/local: administrators[^]*slug: main[^]*iss: jitsi/);
  }, 60_000);

  it('leaves what was changed since, until the environment changes', async () => {
    const DATA_DIR = path.join(scratch, 'edited');
    const { server, roomkey } = await start({ DATA_DIR });
    const { out } = await roomkey('export');
    const edited = out.replace('tokenTtlSeconds: 86400', 'tokenTtlSeconds: 600');
    expect(edited).not.toBe(out);
    const variables = { ...OPENID, DATA_DIR, LOG_LEVEL: 'silent' };
    await type('apply -', { variables, input: edited });
    await server.stop();

    const same = await start({ DATA_DIR, LISTEN_ADDR: '127.0.0.1:3999' });
    expect((await same.roomkey('export')).out).toContain('tokenTtlSeconds: 600');
    await same.server.stop();

    const other = await start({ DATA_DIR, GROUP: 'elsewhere' });
    expect(other.said).toContain('~ issuer main');
    expect((await other.roomkey('export')).out).toMatch(/tokenTtlSeconds: 86400[^]*elsewhere/);
  }, 60_000);

  it('knows the environment again after the secrets were sealed anew', async () => {
    const DATA_DIR = path.join(scratch, 'resealed');
    const [old, fresh] = ['ab'.repeat(32), 'cd'.repeat(32)];
    const first = await start({ DATA_DIR, ROOMKEY_SECRET: old });
    await first.server.stop();
    const both = { ...OPENID, DATA_DIR, ROOMKEY_SECRET: `${fresh},${old}`, LOG_LEVEL: 'silent' };
    expect((await type('secrets reencrypt', { variables: both })).code).toBe(0);
    const { said } = await start({ DATA_DIR, ROOMKEY_SECRET: fresh });
    expect(said).toContain('is the one already taken over');
  }, 60_000);

  it('is refused with every mistake, before anything is opened', () => {
    const wrong = { ...OPENID, JITSI_URL: 'meet', CLIENT_ID: '' };
    expect(() => loadConfig(wrong)).toThrow(/CLIENT_ID is required/);
  });
});

/** The values of jitsi-openid’s own instructions; they name the same secret twice. */
const README = {
  JITSI_SECRET: 'SECURE_SECRET',
  JITSI_URL: 'https://meet.example.com',
  JITSI_SUB: 'meet.example.com',
  BASE_URL: HOUSE_URL,
  CLIENT_ID: 'meet.example.com',
  CLIENT_SECRET: 'SECURE_SECRET',
  GROUP: '',
};

describe('the operator of a house that swaps the image', () => {
  it('is warned of the short secret until it is replaced, and becomes administrator', async () => {
    const house = await bridgeHouse({
      name: 'jitsi-openid',
      folder: path.join(scratch, 'swapped'),
      callback: '/callback',
      client: { client_id: README.CLIENT_ID, client_secret: README.CLIENT_SECRET },
      changes: README,
    });
    running.push(house.server);
    expect(house.said).toContain('is too short for HS256 and can be guessed. It is kept');
    const { end } = await walk(house.browser(), house.provider, '/room/Planning');
    expect(end.origin).toBe(README.JITSI_URL);
    const verdict = prosodyOn(end, README.JITSI_SECRET);
    expect(verdict).toMatchObject({ verdict: 'accepted', identity: { user: { id: 'grace' } } });

    const operator = await setUp(house);
    expect((await operator.get('/admin')).text).toContain('Its secret is shorter than');
    const doctor = await house.roomkey('doctor');
    expect(doctor.out).toContain('Its secret is shorter than HS256 asks for, and can be guessed.');

    await house.server.stop();
    const again = await start(house.variables);
    expect(again.said).toMatch(/The secret of the issuer main is too short for HS256/);
    const { out } = await house.roomkey('export');
    const input = out.replace(/^( *)carriedOverSecret: true$/m, `$1secret: ${'long-'.repeat(7)}`);
    expect((await type('apply -', { variables: house.variables, input })).code).toBe(0);
    await again.server.stop();
    expect((await start(house.variables)).said).not.toContain('too short');
  }, 90_000);
});

/** The link works beside what came from the environment, and leaves it alone. */
async function setUp({ said, browser }: Awaited<ReturnType<typeof bridgeHouse>>) {
  const operator = browser();
  const [page = '', token = ''] = /\/setup\?token=([\w-]+)/.exec(said) ?? [];
  const form = await operator.get(page);
  expect(form.text).toContain('meet.example.com');
  expect(form.text).not.toContain('name="jitsiUrl"');
  expect(form.text).toContain('its address is taken: give another');
  const password = 'a long enough passphrase';
  const fields = { token, name: 'Ada', email: 'ada@example.org', password };
  const done = await operator.submit('/setup', fields, { page });
  expect([done.status, done.location]).toEqual([
    303,
    expect.stringContaining('/admin/issuers/main/integration?from=declared'),
  ]);
  const guide = await operator.get(done.location ?? '');
  expect(guide.text).toContain('JWT_APP_SECRET');
  expect(guide.text).toContain('nothing has to change');
  expect((await operator.get('/admin/upstreams')).text).toContain('sso');

  const later = browser();
  const way = { page: '/login?local=1' };
  const signedIn = await later.submit('/login', { username: 'ada@example.org', password }, way);
  expect(signedIn.status).toBe(303);
  return later;
}
