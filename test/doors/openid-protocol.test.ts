/**
 * The protocol under attack. Names in brackets say which rule of which document a test holds.
 *
 * @module
 */
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PUBLIC_URL } from '../support/app.ts';
import {
  ask,
  authorize,
  meetAda,
  postForm,
  SSO,
  type TestApp,
  TOKEN,
} from '../support/relying-party.ts';
import type { Visitor } from '../support/visitor.ts';

const AUTH = '/realms/main/protocol/openid-connect/auth';

let app: TestApp;
let ada: Visitor;
let config: openid.Configuration;
beforeAll(async () => {
  ({ app, ada, config } = await meetAda());
});

describe('discovery', () => {
  it.each([
    '/realms/main/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/realms/main',
  ])('%s names Keycloak’s addresses and what is offered, no more', async (path) => {
    const response = await fetch(app.base + path);
    const found = (await response.json()) as Record<string, unknown>;
    const at = `${PUBLIC_URL}/realms/main/protocol/openid-connect`;
    expect(found).toMatchObject({
      issuer: `${PUBLIC_URL}/realms/main`,
      authorization_endpoint: `${at}/auth`,
      token_endpoint: `${at}/token`,
      jwks_uri: `${at}/certs`,
      userinfo_endpoint: `${at}/userinfo`,
      end_session_endpoint: `${at}/logout`,
      revocation_endpoint: `${at}/revoke`,
      introspection_endpoint: `${at}/token/introspect`,
      pushed_authorization_request_endpoint: `${at}/ext/par/request`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
      grant_types_supported: ['authorization_code', 'refresh_token'],
    });
    expect(Object.keys(found).filter((name) => /dpop|device|ciba|regist|mtls/.test(name))).toEqual(
      [],
    );
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('Set-Cookie')).toBeNull();
    const again = await fetch(app.base + path);
    expect(await again.json()).toEqual(found);
    for (const { headers } of [response, again])
      expect(headers.get('Cache-Control')).toBe('public, max-age=300');
  });

  it('makes the keys of a realm once, however many ask for it at first', async () => {
    const made = vi.spyOn(app.context, 'makeKey');
    const created = await app.addIssuer({ slug: 'fresh', iss: 'https://f.example' });
    made.mockClear();
    const path = '/realms/fresh/protocol/openid-connect/certs';
    await Promise.all(Array.from({ length: 20 }, () => fetch(app.base + path)));
    expect(made).toHaveBeenCalledTimes(2);
    const keys = await app.stores.signingKeys.listOf(created.id);
    expect(keys.filter(({ ring }) => ring === 'oidc')).toHaveLength(2);
  });

  it('follows no Host or X-Forwarded header', async () => {
    const path = '/realms/main/.well-known/openid-configuration';
    const headers = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http' };
    const text = await (await fetch(app.base + path, { headers })).text();
    expect(text).not.toMatch(/evil|127\.0\.0\.1|http:/);
  });

  it('is not there for an issuer that is not', async () => {
    for (const path of [
      '/realms/none/.well-known/openid-configuration',
      '/realms/none/protocol/openid-connect/certs',
    ])
      expect((await fetch(app.base + path)).status).toBe(404);
  });
});

describe('the authorization endpoint', () => {
  it.each([
    ['implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    [
      'no PKCE [RFC 9700, 2.1.1]',
      { code_challenge: '', code_challenge_method: '' },
      'invalid_request',
    ],
    ['plain PKCE [RFC 9700, 2.1.1]', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE without its method', { code_challenge_method: '' }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'x' }, 'invalid_request'],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    ['an unknown request_uri', { request_uri: 'urn:x' }, 'request_uri'],
    ['prompt none and another', { prompt: 'none login' }, 'invalid_request'],
    ['a prompt that is none', { prompt: 'dance' }, 'invalid_request'],
    ['an age that is none', { max_age: '-1' }, 'invalid_request'],
    ['a foreign resource', { resource: 'https://evil.example' }, 'invalid_target'],
    ['a scope of others', { scope: 'openid groups' }, 'invalid_scope'],
    ['a hint that is none of ours', { id_token_hint: 'x.y.z' }, 'invalid_request'],
  ])('refuses %s', async (_what, parameters, error) => {
    const { url } = await ask(config, {});
    for (const [name, value] of Object.entries(parameters))
      if (value === '') url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    const answer = await ada.get(url.pathname + url.search);
    // Of the other flows, errors come in the fragment.
    const back = new URL((answer.location ?? 'https://nowhere.example').replace('#', '?'));
    const said = answer.location === undefined ? answer.text : back.searchParams.get('error');
    expect(said).toContain(error);
    expect(back.searchParams.get('code')).toBeNull();
    expect(back.searchParams.get('access_token')).toBeNull();
  });

  it.each(['client_id', 'redirect_uri', 'state', 'code_challenge', 'nonce', 'scope'])(
    'refuses %s given twice',
    async (name) => {
      const { url } = await ask(config);
      url.searchParams.append(name, 'x');
      const answer = await ada.get(url.pathname + url.search);
      expect(answer.location ?? '').not.toMatch(/[?&]code=/);
      expect(`${answer.location}${answer.text}`).toContain('invalid_request');
    },
  );

  it('shows a page, with no word of the request on it as markup, for an unknown client', async () => {
    const query = new URLSearchParams({ client_id: '"><script>x</script>', redirect_uri: SSO });
    const answer = await ada.get(`${AUTH}?${query.toString()}`);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('<script>x');
    expect(answer.text).toContain('invalid_client');
  });

  it('shows people a page in their language, with the reference the log knows it by', async () => {
    const query = new URLSearchParams({ client_id: 'nobody', redirect_uri: SSO });
    const headers = { 'Accept-Language': 'de' };
    const answer = await app.visitor().request(`${AUTH}?${query.toString()}`, { headers });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('<html lang="de">');
    const reference = answer.headers.get('X-Request-Id') ?? '-';
    expect(answer.text).toContain(reference);
    expect(app.log()).toContain(reference);
  });

  it.each([
    ['POST', '/realms/none/protocol/openid-connect/token', 404],
    ['GET', '/realms/main/protocol/openid-connect/token', 405],
    ['POST', '/realms/main/protocol/openid-connect/token/introspect', 400],
    ['GET', '/realms/main/protocol/openid-connect/userinfo', 401],
    ['GET', '/realms/main/protocol/openid-connect/userinfo?x=%00', 400],
    ['GET', '/realms/main/protocol/openid-connect/nothing', 404],
    ['GET', '/realms/none/.well-known/openid-configuration', 404],
    ['GET', '/.well-known/oauth-authorization-server/realms/none', 404],
  ])('tells programs in JSON what is wrong: %s %s', async (method, path, status) => {
    const headers = { Accept: 'text/html' };
    const answer = await fetch(app.base + path, { method, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({
      error: expect.any(String),
      error_description: expect.any(String),
    });
  });

  it('answers its own methods alone, and HEAD consumes nothing', async () => {
    for (const method of ['HEAD', 'PUT', 'DELETE'])
      expect((await ada.request(AUTH, { method })).status).toBe(405);
    expect((await fetch(app.base + TOKEN)).status).toBe(405);
    expect((await fetch(`${app.base}${AUTH}/`)).status).toBe(404);
    expect(
      (
        await fetch(`${app.base}/realms/main/protocol/openid-connect/logout/confirm`, {
          method: 'POST',
        })
      ).status,
    ).toBe(404);
  });

  it('bears a scope of a megabyte and a state of many kilobytes', async () => {
    const fields = { client_id: 'jitsi', scope: 'x'.repeat(1_000_000) };
    const answer = await postForm(app, AUTH, fields);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    const long = JSON.stringify({ roomSafe: 'standup', x: 'y'.repeat(5000) });
    const { callback } = await authorize(config, ada, { parameters: { state: long } });
    expect(callback.searchParams.get('state')).toBe(long);
  });

  it('takes a form, too', async () => {
    const { url } = await ask(config);
    const answer = await ada.request(AUTH, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: url.searchParams.toString(),
    });
    expect(answer.location).toMatch(/^https:\/\/meet\.example\.org\/static\/sso\.html\?code=/);
  });

  it('posts the answer where that is asked for, and to nowhere else', async () => {
    const { url } = await ask(config, { response_mode: 'form_post' });
    const answer = await ada.get(url.pathname + url.search);
    expect(answer.text).toContain(`action="${SSO}"`);
    const policy = answer.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain('form-action https://meet.example.org;');
    expect(policy).toMatch(/script-src 'self' 'sha256-/);
    expect(policy).not.toContain('unsafe');
  });
});
