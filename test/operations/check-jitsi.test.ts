import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { buildIntegrationGuide, usualChoice } from '../../src/domain/integration/guide.ts';
import { createOutgoing, fetchOutside } from '../../src/http/outgoing.ts';
import { checkJitsi } from '../../src/operations/check-jitsi.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
const publicUrl = new URL(app.base);
const open: Server[] = [];
afterAll(() => {
  for (const server of open) server.close();
});

/** A Jitsi server of which only `config.js` is there. */
async function jitsiWith(answer: RequestListener | string): Promise<string> {
  const listener: RequestListener =
    typeof answer === 'string' ? (_req, res) => void res.end(answer) : answer;
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

let count = 0;
const anIssuerAt = (serverUrl: string | undefined, more: Partial<Issuer> = {}) =>
  app.addIssuer({ slug: `jitsi-${count++}`, serverUrl, ...more });

const check = (issuer: Issuer, at = publicUrl, allowLoopback = true) =>
  checkJitsi(
    {
      stores: app.stores,
      fetchOutside: fetchOutside(createOutgoing({ publicUrl: () => at, allowLoopback })),
    },
    { issuer, publicUrl: at },
  );

async function codesFor(configJs: string, more: Partial<Issuer> = {}) {
  const { findings } = await check(await anIssuerAt(await jitsiWith(configJs), more));
  return findings.map(({ code }) => code).filter((code) => !code.startsWith('key_'));
}

/** The config.js of a server that was set up by our guide. */
function byTheGuide(issuer: Issuer, guests: 'none' | 'wait_for_host' = 'none'): string {
  const choice = { ...usualChoice(issuer), platform: 'debian', guests } as const;
  const { files } = buildIntegrationGuide(issuer, publicUrl, choice);
  const lines = files.find(({ name }) => name === 'config.js')?.lines ?? [];
  return `var config = { hosts: { domain: 'x' } };\n${lines.map(({ text }) => text).join('\n')}`;
}

const login = (slug: string, rest = 'login?room={room}&state={state}') =>
  `${app.base}/jitsi/${slug}/${rest}`;

describe('checkJitsi', () => {
  it('finds nothing wrong with a server set up by the guide', async () => {
    let script = '';
    const serverUrl = await jitsiWith((req, res) => {
      expect(req.url).toBe('/config.js');
      res.end(script);
    });
    const issuer = await anIssuerAt(serverUrl);
    script = byTheGuide(issuer);
    const report = await check(issuer);
    expect(report.address).toBe(`${serverUrl}config.js`);
    expect(report.findings.map(({ code }) => code)).toEqual([
      'sign_in_right',
      'sign_out_right',
      'guests_off',
      'key_right',
      'key_right',
      'key_list_right',
    ]);
    script = byTheGuide(issuer, 'wait_for_host');
    expect((await check(issuer)).findings.map(({ code }) => code)).toContain('guests_on');
  });

  it('looks below the path of the server', async () => {
    const serverUrl = await jitsiWith((req, res) => void res.end(`config.x = '${req.url}';`));
    const issuer = await anIssuerAt(`${serverUrl}video/`);
    expect((await check(issuer)).address).toBe(`${serverUrl}video/config.js`);
  });

  it.each([
    ['sign_in_missing', () => 'var config = { hosts: {} , a: 1 };'],
    ['sign_in_missing', () => "// config.tokenAuthUrl = 'x';\nconfig.a = 1;"],
    ['sign_in_computed', () => 'config.tokenAuthUrl = base + "/login";'],
    [
      'sign_in_elsewhere',
      () => "config.tokenAuthUrl = 'https://other.example/jitsi/login?room={room}';",
    ],
    ['sign_in_elsewhere', () => "config.tokenAuthUrl = 'nonsense';"],
    ['sign_in_elsewhere', () => `config.tokenAuthUrl = '${login('another')}';`],
  ])('says %s', async (code, script) => {
    expect(await codesFor(script())).toContain(code);
  });

  it('says what is missing in the address of the sign-in', async () => {
    const slug = `jitsi-${count}`;
    const script = `config.tokenAuthUrl = '${login(slug, 'login')}'; config.tokenAuthInline = true;`;
    expect(await codesFor(script)).toEqual([
      'sign_in_without_room',
      'sign_in_inline',
      'sign_out_missing',
      'guests_off',
    ]);
    const next = `jitsi-${count}`;
    const stateless = `config.tokenAuthUrl = '${login(next, 'login?room={room}')}'; config.tokenLogoutUrl = 'https://x/';`;
    expect(await codesFor(stateless)).toEqual([
      'sign_in_without_state',
      'sign_out_elsewhere',
      'guests_off',
    ]);
  });

  it.each([
    'room/{room}',
    'oidc/auth?roomname={room}&state={state}',
    'authenticate?state={state}&room={room}',
  ])('knows the address %s of a bridge, which only main answers', async (path) => {
    const script = `config.tokenAuthUrl = '${app.base}/${path}';`;
    expect(await codesFor(script)).toContain('sign_in_elsewhere');
    const issuer = { ...(await anIssuerAt(await jitsiWith(script))), slug: 'main' };
    const { findings } = await check(issuer);
    expect(findings.map(({ code }) => code)).toContain('sign_in_by_bridge');
  });

  it('compares the XMPP domain where tenants are verified, and only there', async () => {
    const script = "config.hosts.domain = 'meet.jitsi'; config.tokenRespectTenant = true;";
    expect(await codesFor(script)).not.toContain('domain_differs');
    const tenants = { sub: 'tenant', xmppDomain: 'other.example' };
    expect(await codesFor(script, tenants)).toEqual(
      expect.arrayContaining(['domain_differs', 'tenant_respected']),
    );
    const right = { sub: 'tenant', xmppDomain: 'meet.jitsi' };
    expect(await codesFor(script, right)).not.toContain('domain_differs');
  });

  it.each([
    ['config_js_status', (_req, res) => void res.writeHead(404).end('no')],
    ['config_js_empty', (_req, res) => void res.end('<!doctype html><title>Welcome</title>')],
    ['config_js_failed', (_req, res) => void res.writeHead(301, { location: '/x' }).end()],
    ['config_js_failed', (_req, res) => void res.end('x'.repeat(1024 * 1024 + 1))],
    ['config_js_failed', (_req, res) => void res.destroy()],
  ] as const satisfies [string, RequestListener][])('says %s', async (code, answer) => {
    const { findings } = await check(await anIssuerAt(await jitsiWith(answer)));
    expect(findings[0]).toMatchObject({ code, state: 'bad' });
  });

  it('sends nothing to this machine unless that is allowed', async () => {
    const issuer = await anIssuerAt(await jitsiWith('config.a = 1;'));
    const { findings } = await check(issuer, new URL('https://auth.invalid'), false);
    expect(findings[0]?.values.reason).toMatch(/^address_refused/);
  });

  it('says so when there is no server to look at', async () => {
    const report = await check(await anIssuerAt(undefined));
    expect(report.address).toBeUndefined();
    expect(report.findings[0]?.code).toBe('no_server');
  });

  it('sees keys that are not ours, and a list that is asked for without pause', async () => {
    const other = await jitsiWith((req, res) => {
      if (req.url?.endsWith('jwks.json')) res.setHeader('Cache-Control', 'max-age=0');
      res.end(req.url?.endsWith('jwks.json') ? '{"keys":[]}' : 'hello');
    });
    const issuer = await anIssuerAt(undefined);
    const codes = (await check(issuer, new URL(other))).findings.map(({ code }) => code);
    expect(codes).toEqual(['no_server', 'key_not_ours', 'key_not_ours', 'key_list_not_ours']);
    const kids = (await app.stores.signingKeys.listOf(issuer.id)).map(({ kid }) => ({ kid }));
    const hot = await jitsiWith((req, res) => {
      res.setHeader('Cache-Control', 'no-cache, max-age=0');
      res.writeHead(req.url?.endsWith('.pem') ? 503 : 200).end(JSON.stringify({ keys: kids }));
    });
    expect((await check(issuer, new URL(hot))).findings.map(({ code }) => code)).toEqual([
      'no_server',
      'key_status',
      'key_status',
      'key_list_hot',
    ]);
  });

  it('asks for no keys of an issuer with a shared secret', async () => {
    const issuer = await anIssuerAt(undefined, { algorithm: 'HS256' });
    expect((await check(issuer)).findings.map(({ code }) => code)).toEqual(['no_server']);
  });
});
