import { describe, expect, it } from 'vitest';
import type { OidcFault } from '../../src/domain/upstreams/oidc-fault.ts';
import type { OidcUpstream } from '../../src/domain/upstreams/upstream.ts';
import {
  failing,
  inSeconds,
  OWN,
  partiesOver,
  REDIRECT,
  signIn,
  start,
  withAudiences,
  wrongHash,
} from '../support/oidc-party.ts';
import { UPSTREAM_SECRETS, upstreamAt, type Wrongs } from '../support/upstream-provider.ts';

describe('a sign-in with an OpenID provider', () => {
  it('asks with PKCE, state and nonce, and believes what is signed', async () => {
    const provider = await start();
    const { parties } = partiesOver();
    const { address, assertion } = await signIn(parties, provider);
    const asked = Object.fromEntries(address.searchParams);
    expect(asked).toMatchObject({
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      state: 'state-canary',
      nonce: OWN.nonce,
    });
    expect(asked).not.toHaveProperty('prompt');
    expect(JSON.stringify(asked)).not.toContain(OWN.verifier);
    expect(assertion).toMatchObject({
      subject: 'grace-1',
      mfa: true,
      claims: { name: 'Grace Hopper', email: 'grace@company.example', email_verified: true },
    });
    expect(provider.asked.some(({ path }) => path === '/me')).toBe(false);
  });

  it('asks for what the upstream demands: level, prompt, scopes, and suggests a name', async () => {
    const provider = await start();
    const upstream = upstreamAt(provider.issuer, {
      acrValues: ['gold', 'platinum'],
      prompt: 'select_account',
      scopes: ['openid', 'groups'],
    });
    const place = { upstream, secrets: UPSTREAM_SECRETS };
    const question = { ...OWN, state: 'state-canary', redirectUri: REDIRECT };
    const address = (fresh: boolean) =>
      partiesOver().parties.ask(place, { ...question, loginHint: 'grace', fresh });
    const asked = Object.fromEntries((await address(false)).searchParams);
    expect(asked).toMatchObject({
      acr_values: 'gold platinum',
      prompt: 'select_account',
      scope: 'openid groups',
      login_hint: 'grace',
    });
    expect(asked).not.toHaveProperty('max_age');
    // Who has to prove it anew is asked for nothing less.
    const anew = Object.fromEntries((await address(true)).searchParams);
    expect(anew).toMatchObject({ prompt: 'login', max_age: '0', acr_values: 'gold platinum' });
  });

  it('asks userinfo when the ID token says too little', async () => {
    const provider = await start();
    provider.wrongs.thin = true;
    const { assertion } = await signIn(partiesOver().parties, provider);
    expect(assertion.claims).toMatchObject({ name: 'Grace Hopper', preferred_username: 'grace' });
    expect(provider.asked.some(({ path }) => path === '/me')).toBe(true);
  });

  it('asks userinfo for what a rule of the upstream reads', async () => {
    const provider = await start();
    provider.wrongs.userinfo = (claims) => ({ ...claims, teams: ['a'] });
    const overrides = { groups: 'claims.?teams.orValue([])' };
    const { assertion } = await signIn(partiesOver().parties, provider, { overrides });
    expect(assertion.claims).toMatchObject({ teams: ['a'] });
  });

  it('takes a provider without userinfo by its word', async () => {
    const provider = await start();
    provider.wrongs.thin = true;
    provider.wrongs.discovery = (d) => ({ ...d, userinfo_endpoint: undefined });
    const { assertion } = await signIn(partiesOver().parties, provider);
    expect(assertion.claims).not.toHaveProperty('name');
  });

  it.each([
    ['verified', { email_verified: true }, [], true],
    ['not verified', { email_verified: false }, [], false],
    ['verified in other words', { email_verified: 'true' }, [], false],
    ['not spoken of', { email_verified: undefined }, [], false],
    [
      'not spoken of, which is let pass',
      { email_verified: undefined },
      ['email_verified_missing'],
      true,
    ],
    [
      'not verified, where silence is let pass',
      { email_verified: false },
      ['email_verified_missing'],
      false,
    ],
  ] as const)('takes an e-mail address that is %s', async (_, said, quirks, isTaken) => {
    const provider = await start();
    provider.person = { ...provider.person, ...said };
    const { assertion } = await signIn(partiesOver().parties, provider, { overrides: { quirks } });
    expect('email' in assertion.claims).toBe(isTaken);
  });

  it('never takes an address of userinfo for verified by the ID token', async () => {
    const provider = await start();
    const unsaid = { email: undefined, preferred_username: undefined };
    provider.wrongs.idToken = (claims) => ({ ...claims, ...unsaid });
    provider.wrongs.userinfo = (claims) => ({ ...claims, email_verified: undefined });
    const { assertion } = await signIn(partiesOver().parties, provider);
    expect(assertion.claims).toMatchObject({ preferred_username: 'grace' });
    expect(assertion.claims).not.toHaveProperty('email');
  });

  it('never takes the address of one place for verified by the other', async () => {
    const provider = await start();
    const { email_verified: _, preferred_username: __, ...rest } = provider.person;
    provider.person = rest;
    provider.wrongs.userinfo = (claims) => ({
      ...claims,
      email: 'x@other.example',
      email_verified: true,
    });
    const { assertion } = await signIn(partiesOver().parties, provider);
    expect(assertion.claims).not.toHaveProperty('email');
  });

  it.each<[string, Partial<Wrongs>, Partial<OidcUpstream>, OidcFault]>([
    [
      'of another issuer',
      { idToken: (c) => ({ ...c, iss: 'https://evil.example' }) },
      {},
      'id_token_issuer_wrong',
    ],
    ['of another client', { idToken: (c) => ({ ...c, aud: 'somebody' }) }, {}, 'audience_wrong'],
    ['with audiences nobody listed', { idToken: withAudiences }, {}, 'audience_wrong'],
    [
      'for several without saying for whom of them',
      { idToken: (c) => ({ ...c, aud: ['roomkey', 'other'] }) },
      { audiences: ['other'] },
      'audience_wrong',
    ],
    ['of another sign-in', { idToken: (c) => ({ ...c, nonce: 'x' }) }, {}, 'nonce_wrong'],
    ['without a nonce', { idToken: (c) => ({ ...c, nonce: undefined }) }, {}, 'nonce_wrong'],
    [
      'that has expired',
      { idToken: (c) => ({ ...c, exp: 1_700_000_000 }) },
      {},
      'id_token_expired',
    ],
    ['with the hash of another access token', { idToken: wrongHash }, {}, 'at_hash_wrong'],
    ['signed by a key of somebody else', { foreignKey: true }, {}, 'signature_wrong'],
    [
      'without the level asked for',
      { idToken: (c) => ({ ...c, acr: undefined }) },
      { acrValues: ['gold'] },
      'acr_missing',
    ],
    [
      'of a lower level',
      { idToken: (c) => ({ ...c, acr: 'tin' }) },
      { acrValues: ['gold'] },
      'acr_missing',
    ],
    ['about nobody', { idToken: (c) => ({ ...c, sub: '' }) }, {}, 'subject_unusable'],
    [
      'about somebody unspeakable',
      { idToken: (c) => ({ ...c, sub: 'a'.repeat(256) }) },
      {},
      'subject_unusable',
    ],
  ])('believes no ID token %s', async (_, wrongs, overrides, fault) => {
    const provider = await start();
    Object.assign(provider.wrongs, wrongs);
    const refused = signIn(partiesOver().parties, provider, { overrides });
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_not_believed',
      ...failing(fault),
    });
  });

  it.each<[string, Partial<Wrongs>, Partial<OidcUpstream>]>([
    ['with audiences that are listed', { idToken: withAudiences }, { audiences: ['other'] }],
    ['of one of the levels asked for', {}, { acrValues: ['platinum', 'gold'] }],
    [
      'without the hash of the access token',
      { idToken: (c) => ({ ...c, at_hash: undefined }) },
      {},
    ],
  ])('believes an ID token %s', async (_, wrongs, overrides) => {
    const provider = await start();
    Object.assign(provider.wrongs, wrongs);
    const { assertion } = await signIn(partiesOver().parties, provider, { overrides });
    expect(assertion.subject).toBe('grace-1');
  });

  it.each(['none', 'HS256'])('never takes the algorithm %s', async (alg) => {
    const provider = await start();
    provider.wrongs.discovery = (d) => ({ ...d, id_token_signing_alg_values_supported: [alg] });
    await expect(signIn(partiesOver().parties, provider)).rejects.toMatchObject(
      failing('id_token_wrong'),
    );
  });

  it.each<[string, (url: URL) => void, OidcFault]>([
    [
      'another provider',
      (url) => url.searchParams.set('iss', 'https://evil.example'),
      'issuer_mixed_up',
    ],
    ['nobody who says so', (url) => url.searchParams.delete('iss'), 'iss_parameter_missing'],
    ['somebody without a code', (url) => url.searchParams.delete('code'), 'answer_incomplete'],
    ['somebody with another code', (url) => url.searchParams.set('code', 'x'), 'code_refused'],
  ])('takes nobody back from %s', async (_, meanwhile, fault) => {
    const provider = await start();
    const refused = signIn(partiesOver().parties, provider, { meanwhile });
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_answer_wrong',
      ...failing(fault),
    });
  });

  it('never sends the code on when another provider sent it', async () => {
    const provider = await start();
    const meanwhile = (url: URL) => url.searchParams.set('iss', 'https://evil.example');
    await expect(signIn(partiesOver().parties, provider, { meanwhile })).rejects.toThrow();
    expect(provider.asked.some(({ path }) => path === '/token')).toBe(false);
  });

  it.each(['access_denied', 'login_required'])('tells that the provider said %s', async (error) => {
    const provider = await start();
    provider.wrongs.error = error;
    const refused = signIn(partiesOver().parties, provider);
    await expect(refused).rejects.toMatchObject({ code: 'upstream_refused', details: { error } });
  });

  it('repeats no words that anybody could have written', async () => {
    const provider = await start();
    const meanwhile = (url: URL) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'Call 0800-EVIL at once');
    };
    const refused = signIn(partiesOver().parties, provider, { meanwhile });
    await expect(refused).rejects.toMatchObject({ details: { error: 'unknown' } });
  });

  it('believes userinfo about the same person alone', async () => {
    const provider = await start();
    provider.wrongs.thin = true;
    provider.wrongs.userinfo = (claims) => ({ ...claims, sub: 'mallory' });
    for (const quirks of [[], ['userinfo_by_post' as const]])
      await expect(
        signIn(partiesOver().parties, provider, { overrides: { quirks } }),
      ).rejects.toMatchObject(failing('subject_differs'));
  });

  it('demands a new sign-in, and proof of it', async () => {
    const provider = await start();
    const { parties } = partiesOver();
    const { address } = await signIn(parties, provider, { fresh: true });
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '0',
    });
    provider.wrongs.idToken = (c) => ({ ...c, auth_time: inSeconds(-600) });
    await expect(signIn(parties, provider, { fresh: true })).rejects.toMatchObject(
      failing('login_not_fresh'),
    );
    provider.wrongs.idToken = (c) => ({ ...c, auth_time: undefined });
    await expect(signIn(parties, provider, { fresh: true })).rejects.toMatchObject(
      failing('login_not_fresh'),
    );
  });
});
