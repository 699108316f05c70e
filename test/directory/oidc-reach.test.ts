import { describe, expect, it } from 'vitest';
import type { OidcFault } from '../../src/domain/upstreams/oidc-fault.ts';
import { failing, OWN, partiesOver, REDIRECT, signIn, start } from '../support/oidc-party.ts';
import { UPSTREAM_SECRETS, upstreamAt } from '../support/upstream-provider.ts';

describe('a provider out of reach', () => {
  it('is remembered for a moment, and found again by itself', async () => {
    const provider = await start();
    const { parties, clock } = partiesOver();
    provider.wrongs.down = true;
    const down = { code: 'upstream_unavailable', ...failing('unreachable') };
    await expect(signIn(parties, provider)).rejects.toMatchObject(down);
    const before = provider.asked.length;
    await expect(signIn(parties, provider)).rejects.toMatchObject(down);
    expect(provider.asked).toHaveLength(before);
    provider.wrongs.down = false;
    clock.advance(6);
    expect((await signIn(parties, provider)).assertion.subject).toBe('grace-1');
  });

  it('asks who it is once for many, and again after a while or another setting', async () => {
    const provider = await start();
    const { parties, clock } = partiesOver();
    const times = () => provider.asked.filter(({ path }) => path.startsWith('/.well-known')).length;
    await Promise.all([1, 2, 3].map(() => signIn(parties, provider)));
    expect(times()).toBe(1);
    await signIn(parties, provider, { overrides: { scopes: ['openid'] } });
    expect(times()).toBe(2);
    clock.advance(601);
    await signIn(parties, provider, { overrides: { scopes: ['openid'] } });
    expect(times()).toBe(3);
  });

  it('is not waited for', async () => {
    const provider = await start();
    provider.wrongs.slowMs = 400;
    const refused = signIn(partiesOver({ timeoutMs: 60 }).parties, provider);
    await expect(refused).rejects.toMatchObject(failing('too_slow'));
  });

  it.each(['/token', '/jwks', '/me'])('is not waited for at %s', async (path) => {
    const provider = await start();
    Object.assign(provider.wrongs, { thin: true, slow: path, slowMs: 1000 });
    const refused = signIn(partiesOver({ timeoutMs: 500 }).parties, provider);
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_unavailable',
      ...failing('too_slow'),
    });
  });

  const DISCOVERY = '/.well-known/openid-configuration';
  it.each<[string, { status: number; headers?: Record<string, string>; body: string }, OidcFault]>([
    ['is not there', { status: 404, body: 'no' }, 'discovery_unreadable'],
    [
      'is no JSON',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' },
      'discovery_unreadable',
    ],
    ['is broken', { status: 502, body: 'bad gateway' }, 'answer_unexpected'],
    [
      'has moved',
      { status: 302, headers: { location: 'http://169.254.169.254/' }, body: '' },
      'redirected',
    ],
    ['is endless', { status: 200, body: 'x'.repeat(1024 * 1024 + 1) }, 'too_large'],
  ])('says so when its description %s', async (_, answer, fault) => {
    const provider = await start();
    provider.wrongs.instead.set(DISCOVERY, answer);
    const refused = signIn(partiesOver().parties, provider);
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_unavailable',
      ...failing(fault),
    });
  });

  it('calls itself what is configured, letter by letter', async () => {
    const provider = await start();
    for (const issuer of ['https://evil.example', `${provider.issuer}/`]) {
      provider.wrongs.discovery = (d) => ({ ...d, issuer });
      await expect(signIn(partiesOver().parties, provider)).rejects.toMatchObject(
        failing('issuer_wrong'),
      );
    }
  });
});

describe('requests to a provider', () => {
  const HOSTILE = [
    'http://169.254.169.254/',
    'http://[fe80::1]/',
    'http://0.0.0.0/',
    'http://100.100.100.200/',
  ];
  const secure = HOSTILE.map((address) => address.replace('http:', 'https:'));

  it.each(['token_endpoint', 'jwks_uri', 'userinfo_endpoint'])(
    'never go where its %s should not be',
    async (name) => {
      for (const address of secure) {
        const provider = await start();
        provider.wrongs.thin = true;
        provider.wrongs.discovery = (d) => ({ ...d, [name]: address });
        const refused = signIn(partiesOver().parties, provider);
        await expect(refused).rejects.toMatchObject(failing('address_refused'));
      }
    },
  );

  it.each([
    'authorization_endpoint',
    'token_endpoint',
    'jwks_uri',
    'userinfo_endpoint',
    'end_session_endpoint',
  ])('never go to a %s that is not https', async (name) => {
    for (const address of [
      ...HOSTILE,
      'http://id.example',
      'javascript:alert(1)',
      'file:///etc/passwd',
    ]) {
      const provider = await start();
      provider.wrongs.discovery = (d) => ({ ...d, [name]: address });
      const refused = signIn(partiesOver().parties, provider);
      await expect(refused).rejects.toMatchObject({
        code: 'upstream_unavailable',
        ...failing('address_insecure'),
      });
    }
  });

  it.each(['/token', '/jwks', '/me'])('follow no redirect from %s', async (path) => {
    const provider = await start();
    provider.wrongs.thin = true;
    const headers = { location: 'http://169.254.169.254/' };
    provider.wrongs.instead.set(path, { status: 307, headers, body: '' });
    await expect(signIn(partiesOver().parties, provider)).rejects.toMatchObject(
      failing('redirected'),
    );
  });

  it('go to no second address of the name', async () => {
    const provider = await start();
    let turn = 0;
    const resolve = async () => [
      { address: turn++ === 0 ? '127.0.0.1' : '169.254.169.254', family: 4 },
    ];
    const issuer = provider.issuer.replace('127.0.0.1', 'localhost');
    provider.wrongs.discovery = (d) =>
      JSON.parse(JSON.stringify(d).replaceAll(provider.issuer, issuer));
    const place = { upstream: upstreamAt(issuer), secrets: UPSTREAM_SECRETS };
    const { parties } = partiesOver({ resolve });
    await parties.ask(place, {
      ...OWN,
      state: 's',
      redirectUri: REDIRECT,
      loginHint: undefined,
      fresh: false,
    });
    const callback = new URL(`${REDIRECT}?code=x&state=s&iss=${encodeURIComponent(issuer)}`);
    const redeeming = parties.redeem(place, {
      ...OWN,
      state: 's',
      callback,
      freshSince: undefined,
    });
    await expect(redeeming).rejects.toMatchObject(failing('address_refused'));
  });

  it('go to this machine only when that is allowed', async () => {
    const provider = await start();
    const refused = signIn(partiesOver({ allowLoopback: false }).parties, provider);
    await expect(refused).rejects.toMatchObject(failing('address_insecure'));
  });
});
