/** jitsi-meet's plugins, key sources: which key is found, and what a wrong answer does. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeyMaterial, PluginVersion } from '../../../src/domain/prosody/host.ts';
import {
  claims,
  fileOf,
  hs,
  inShort,
  keyServer,
  other,
  otherSpki,
  rs,
  rsa,
  rsHost,
  spki,
} from './tokens.ts';

const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecSpki = ec.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k1' };
const ecJwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' };

function list(body: unknown, status = 200) {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe('a key server (asap_key_server)', () => {
  const noKey = 'not-allowed: could not obtain public key';
  it.each([
    ['SPKI', spki, 200, 'accepted participant'],
    ['SPKI with CRLF', spki.replaceAll('\n', '\r\n'), 200, 'accepted participant'],
    ['SPKI after other text', `key of k1\n${spki}`, 200, 'accepted participant'],
    ['PKCS#1', pkcs1, 200, 'accepted participant'],
    ['a private key', pkcs8, 200, 'accepted participant'],
    ['another key', otherSpki, 200, 'not-allowed: Invalid signature'],
    ['a certificate', spki.replaceAll('PUBLIC KEY', 'CERTIFICATE'), 200, 'hangs key_unreadable'],
    ['a JWK', JSON.stringify(jwk), 200, 'hangs key_unreadable'],
    ['an HTML page', '<!doctype html><p>Sign in', 200, 'hangs key_unreadable'],
    ['a PEM of garbage', spki.replace(/MII\w+/, 'MIIAAAA'), 200, 'hangs key_unreadable'],
    ['an EC key', ecSpki, 200, 'hangs key_unreadable'],
    ['nothing, 204', '', 204, 'hangs key_unreadable'],
    ['SPKI with 201', spki, 201, noKey],
    ['a redirect', spki, 302, noKey],
    ['404', 'unknown', 404, noKey],
    ['an error', spki, 500, noKey],
  ])('that answers %s', (_, body, status, expected) => {
    const host = rsHost({ keys: { kind: 'asap', asapKeyServer: keyServer(body, status) } });

    expect(inShort(rs(claims()), host)).toBe(expected);
  });

  it('is asked for the hash of any kid', () => {
    const asked: string[] = [];
    const asapKeyServer = (file: string) => {
      asked.push(file);
      return { status: 200, body: spki };
    };

    expect(
      inShort(rs(claims(), { kid: 'a/b c@é' }), rsHost({ keys: { kind: 'asap', asapKeyServer } })),
    ).toBe('accepted participant');
    expect(asked).toEqual([fileOf('a/b c@é')]);
  });

  it('that does not know the kid is a clean refusal', () => {
    expect(inShort(rs(claims(), { kid: 'gone' }), rsHost())).toBe(noKey);
  });
});

describe('a key list (cache_keys_url)', () => {
  const jwks: KeyMaterial = { kind: 'jwks', cacheKeysUrl: list({ keys: [jwk] }) };
  const both = (cacheKeysUrl: ReturnType<typeof list>): KeyMaterial => ({
    kind: 'both',
    cacheKeysUrl,
    asapKeyServer: keyServer(spki),
  });
  const only = (body: unknown, status?: number): KeyMaterial => ({
    kind: 'jwks',
    cacheKeysUrl: list(body, status),
  });
  const noName = { ...jwk, kid: undefined };
  const bare = { ...jwk, alg: undefined, use: 'enc', kty: 'whatever' };
  const theirs = { ...other.publicKey.export({ format: 'jwk' }), kid: 'k1' };

  it.each<[string, KeyMaterial, PluginVersion, string]>([
    ['an RSA JWKS', jwks, '2026-08', 'accepted participant'],
    ['an RSA JWKS', jwks, '2026-01', 'accepted participant'],
    ['a list alone', jwks, '2024-04', 'hangs plugin_not_loaded'],
    [
      'a JWKS it cannot read, and ASAP',
      both(list({ keys: [jwk] })),
      '2024-04',
      'accepted participant',
    ],
    ['odd alg, use and kty', only({ keys: [bare] }), '2026-08', 'accepted participant'],
    ['a key without kid', only({ keys: [noName] }), '2026-08', 'hangs kid_unknown'],
    ['another key', only({ keys: [theirs] }), '2026-08', 'not-allowed: Invalid signature'],
    ['an EC key before', only({ keys: [ecJwk, jwk] }), '2026-08', 'accepted participant'],
    ['an EC key before', only({ keys: [ecJwk, jwk] }), '2026-01', 'hangs kid_unknown'],
    ['an EC key after', only({ keys: [jwk, ecJwk] }), '2026-01', 'accepted participant'],
    [
      'an EC key before, and ASAP',
      both(list({ keys: [ecJwk, jwk] })),
      '2026-01',
      'accepted participant',
    ],
    ['no key of that kid', only({ keys: [] }), '2026-08', 'hangs kid_unknown'],
    ['an error', only({ keys: [jwk] }, 500), '2026-08', 'hangs kid_unknown'],
    ['no JSON', only('<html>'), '2026-08', 'hangs kid_unknown'],
    ['no JSON, and ASAP', both(list('<html>')), '2026-08', 'accepted participant'],
    ['a map of kid to SPKI', only({ k1: spki }), '2026-08', 'hangs kid_unknown'],
    ['a nested object', only({ meta: {}, k1: spki }), '2026-08', 'hangs kid_unknown'],
    [
      'a map to a broken certificate',
      only({ k1: '-----BEGIN CERTIFICATE-----' }),
      '2026-08',
      'hangs key_unreadable',
    ],
    ['the list first', both(list({ keys: [theirs] })), '2026-08', 'not-allowed: Invalid signature'],
  ])('with %s (%#)', (_, keys, version, expected) => {
    expect(inShort(rs(claims()), rsHost({ keys }), undefined, { version })).toBe(expected);
  });

  it('refuses an unknown kid cleanly where a key server is set too', () => {
    const host = rsHost({ keys: both(list({ keys: [jwk] })) });

    expect(inShort(rs(claims(), { kid: 'gone' }), host)).toBe(
      'not-allowed: could not obtain public key',
    );
  });
});

describe('a secret', () => {
  it('ignores kid', () => {
    expect(inShort(hs(claims(), { kid: 'whatever' }))).toBe('accepted participant');
  });

  it('hangs with an RS algorithm', () => {
    const host = rsHost({ keys: { kind: 'secret', appSecret: 's' }, signatureAlgorithm: 'RS256' });

    expect(inShort(rs(claims()), host)).toBe('hangs algorithm_unusable');
  });

  it('works with an RS algorithm when it is a public key', () => {
    const keys = { kind: 'secret', appSecret: spki } as const;

    expect(inShort(rs(claims()), rsHost({ keys, signatureAlgorithm: 'RS256' }))).toBe(
      'accepted participant',
    );
  });
});
