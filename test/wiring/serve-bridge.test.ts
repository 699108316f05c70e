import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { prosodyCrypto } from '../../src/crypto/prosody-signatures.ts';
import { hostWithSecret } from '../../src/domain/prosody/presets.ts';
import { verifyAsProsody } from '../../src/domain/prosody/verify.ts';
import { type RunningServer, serve } from '../../src/wiring/serve.ts';
import { BRIDGE_SECRET, EXAMPLES } from '../support/bridge-examples.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type } from '../support/typed.ts';
import {
  CLIENT_SECRET,
  startProvider,
  type UpstreamProvider,
} from '../support/upstream-provider.ts';
import { createVisitor, type Visitor } from '../support/visitor.ts';

const scratch = await scratchFolder();
const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

const OPENID = EXAMPLES['jitsi-openid'];
const BASE_URL = OPENID['BASE_URL'] ?? '';

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

/** From an address of ours through the provider, as far as another site than these two. */
async function follow(browser: Visitor, provider: UpstreamProvider, path: string): Promise<URL> {
  const ours = new URL(BASE_URL).origin;
  let next = new URL(path, ours);
  for (let step = 0; step < 10; step++) {
    if (next.origin === provider.issuer) next = await provider.pass(next.href);
    if (next.origin !== ours) return next;
    const answer = await browser.get(next.pathname + next.search);
    if (answer.location === undefined)
      throw new Error(`it ends with ${answer.status}: ${answer.text.slice(0, 500)}`);
    next = new URL(answer.location, ours);
  }
  throw new Error('no end');
}

describe('people of a house that swaps the image', () => {
  it('sign in where they did, and enter the room with a token Prosody takes', async () => {
    const provider = await startProvider({
      redirectUris: [`${BASE_URL}callback`],
      client: { client_id: OPENID['CLIENT_ID'], client_secret: CLIENT_SECRET },
    });
    provider.person = { ...provider.person, affiliation: 'owner' };
    const { server, said } = await start({
      DATA_DIR: path.join(scratch, 'swapped'),
      ISSUER_URL: provider.issuer,
      CLIENT_SECRET,
      // The provider of this test is on this very machine.
      ALLOW_LOOPBACK: '1',
    });
    const browser = createVisitor(server.address, new URL(BASE_URL).origin);
    const meeting = await follow(browser, provider, '/room/Planning');
    expect(meeting.origin + meeting.pathname).toBe('https://meet.example.org/Planning');
    expect(meeting.hash).toBe('#config.prejoinConfig.enabled=false');

    const verdict = verifyAsProsody({
      token: meeting.searchParams.get('jwt') ?? '',
      host: {
        ...hostWithSecret({ iss: 'jitsi', aud: 'jitsi', appSecret: BRIDGE_SECRET }),
        presenceIdentity: true,
      },
      join: { room: 'planning' },
      now: new Date(),
      crypto: prosodyCrypto,
    });
    expect(verdict).toMatchObject({
      verdict: 'accepted',
      identity: {
        group: 'house',
        user: { id: 'grace', name: 'Grace Hopper', affiliation: 'owner' },
      },
    });
    // The second room needs nobody's leave: the bridge went to the provider each time.
    const asked = provider.asked.length;
    await follow(browser, provider, '/room/lunch');
    expect(provider.asked).toHaveLength(asked);

    await setUp(server, said);
  }, 60_000);
});

/** The operator’s link works beside what came from the environment, and leaves it alone. */
async function setUp(server: RunningServer, said: string): Promise<void> {
  const operator = createVisitor(server.address, new URL(BASE_URL).origin);
  const link = /\/setup\?token=([\w-]+)/.exec(said);
  const form = await operator.get(link?.[0] ?? '');
  expect(form.text).not.toContain('name="jitsiUrl"');
  const fields = { token: link?.[1] ?? '', name: 'Ada', email: 'ada@example.org' };
  const password = 'a long enough passphrase';
  const page = link?.[0] ?? '';
  const done = await operator.submit('/setup', { ...fields, password }, { page });
  expect([done.status, done.location]).toEqual([
    303,
    expect.stringContaining('/admin/issuers/main/integration'),
  ]);
  const guide = await operator.get(done.location ?? '');
  expect([guide.status, guide.text.includes('JWT_APP_SECRET')]).toEqual([200, true]);
  expect((await operator.get('/admin/upstreams')).text).toContain('sso');

  const later = createVisitor(server.address, new URL(BASE_URL).origin);
  const way = { page: '/login?local=1' };
  const signedIn = await later.submit('/login', { username: 'ada@example.org', password }, way);
  expect(signedIn.status).toBe(303);
  expect((await later.get('/admin')).status).toBe(200);
}
