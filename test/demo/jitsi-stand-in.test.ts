import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JitsiSetup } from '../../src/demo/docker-env.ts';
import { fetchKey } from '../../src/demo/inspect.ts';
import { type RunningStandIn, startStandIn } from '../../src/demo/jitsi-stand-in.ts';
import { claims, fileOf, hs, NOW, rs, SECRET, spki } from '../domain/prosody/tokens.ts';

const base = {
  tokenAuthUrl: 'https://auth.example.org/jitsi/login?room={room}&state={state}',
  tokenLogoutUrl: 'https://auth.example.org/jitsi/logout',
};
const prosody = {
  appId: 'roomkey',
  asapAcceptedAudiences: ['jitsi'],
  enableDomainVerification: false,
  asapRequireRoomClaim: true,
  allowEmptyToken: false,
  xmppDomain: 'meet.jitsi',
  tokenAffiliation: true,
  presenceIdentity: false,
  mucWaitForHost: false,
  waitForHostDisableAutoOwners: false,
  jicofoAuthentication: false,
  enableAutoOwner: false,
};
const withSecret: JitsiSetup = { ...base, prosody, keys: { kind: 'secret', appSecret: SECRET } };

const asked: string[] = [];
let keyServer: Server;
let hsServer: RunningStandIn;
let rsServer: RunningStandIn;

beforeAll(async () => {
  keyServer = createServer((req, res) => {
    asked.push(req.url ?? '');
    if (req.url === '/moved') return res.writeHead(302, { Location: '/key' }).end();
    const known = req.url === `/asap/${fileOf('k1')}`;
    return res.writeHead(known ? 200 : 404).end(known ? spki : 'unknown');
  });
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  const withKeys: JitsiSetup = {
    ...base,
    prosody,
    keys: { kind: 'asap', asapKeyServer: `${keyServerOrigin()}/asap` },
  };
  const deps = { clock: { now: () => NOW }, fetchKey };
  const people = [{ username: 'ada', displayName: 'Ada <L>', password: 'p&w' }];
  hsServer = await startStandIn({ name: 'Partner', setup: withSecret, people }, 0, deps);
  rsServer = await startStandIn({ name: 'School', setup: withKeys }, 0, deps);
});

afterAll(async () => {
  keyServer.close();
  await hsServer.stop();
  await rsServer.stop();
});

function keyServerOrigin(): string {
  return `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
}

async function get(server: RunningStandIn, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    redirect: 'manual',
    ...init,
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const payload = (changes = {}) => claims({ iat: NOW.getTime() / 1000, ...changes });

describe('a room of the stand-in', () => {
  it('has a front door whose button follows tokenAuthUrl', async () => {
    const { text } = await get(rsServer, '/standup');
    const state = encodeURIComponent(
      JSON.stringify({
        room: 'standup',
        roomSafe: 'standup',
        'config.prejoinConfig.enabled': false,
      }),
    );
    expect(text).toContain(
      `href="https://auth.example.org/jitsi/login?room=standup&amp;state=${state}"`,
    );
  });

  it('fetches the key where Prosody would, and tells the role', async () => {
    const token = rs(payload({ context: { user: { name: 'Ada', moderator: 'true' } } }));
    const { text } = await get(rsServer, `/standup?jwt=${token}`);
    expect(asked).toContain(`/asap/${fileOf('k1')}`);
    expect(text).toContain('<strong>Accepted.</strong> Ada enters as');
    expect(text).toContain('<strong id="role">moderator</strong>');
    expect(text).toContain('2026-08-20T12:05:00.000Z, in 300 s');
    expect(text).toContain('href="https://auth.example.org/jitsi/logout"');
  });

  it.each([
    [
      'a wrong room',
      () => rs(payload({ room: 'other' })),
      'Room does not match the room from token',
    ],
    ['an unknown key', () => rs(payload(), { kid: 'k2' }), 'could not obtain public key'],
    ['no kid', () => rs(payload(), { kid: undefined }), '&#39;kid&#39; claim is missing'],
    ['no token at all', () => 'rubbish', 'Invalid token'],
  ])('gives Prosody’s reason for %s', async (_, token, reason) => {
    const { text } = await get(rsServer, `/standup?jwt=${token()}`);
    expect(text).toContain(`<q>${reason}`);
  });

  it('checks a shared secret', async () => {
    const good = await get(hsServer, `/standup?jwt=${hs(payload())}`);
    expect(good.text).toContain('Accepted.');
    const bad = await get(hsServer, `/standup?jwt=${hs(payload(), {}, 'another secret')}`);
    expect(bad.text).toContain('Refused.');
  });

  it('reads a token from the fragment it is handed', async () => {
    const body = `http://localhost:8081/standup#jwt=%22${hs(payload())}%22`;
    const { text } = await get(hsServer, '/inspect', { method: 'POST', body });
    expect(text).toContain('Accepted.');
    expect(text).toContain('It came in the fragment');
  });

  it('shows what a token says as text, whatever it says', async () => {
    const evil = '<script>alert(1)</script>"\'&';
    const token = hs(payload({ [evil]: evil, context: { user: { name: evil } } }));
    const { text } = await get(hsServer, `/standup?jwt=${token}`);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;alert(1)');
  });

  it('may run and load only what is its own', async () => {
    const { headers } = await get(hsServer, '/standup');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the rest of the stand-in', () => {
  it('lists people with their passwords', async () => {
    const { text } = await get(hsServer, '/');
    expect(text).toContain('Ada &lt;L&gt;');
    expect(text).toContain('<code>p&amp;w</code>');
  });

  it('goes to the room whose name is typed', async () => {
    const { status, headers } = await get(hsServer, '/?room=caf%C3%A9%20x');
    expect([status, headers.get('location')]).toEqual([303, '/caf%C3%A9%20x']);
  });

  it.each(['/%2A', '/%E0%A4%A'])('has no room %s', async (path) => {
    expect((await get(hsServer, path)).status).toBe(404);
  });

  it('takes no address that is too long, and none that is none', async () => {
    const inspect = (body: string) => get(hsServer, '/inspect', { method: 'POST', body });
    expect((await inspect(`http://x/${'a'.repeat(70_000)}`)).status).toBe(413);
    expect((await inspect('nonsense')).status).toBe(404);
  });
});

describe('fetching a key', () => {
  it('follows no redirect, as Prosody does not', async () => {
    expect((await fetchKey(`${keyServerOrigin()}/moved`)).status).toBe(302);
  });

  it('says so when nobody answers', async () => {
    expect(await fetchKey('http://127.0.0.1:1/')).toEqual({ status: 0, body: '' });
  });
});
