/** jitsi-meet's `luajwtjitsi.lib.lua`: the header and the signature. */
import { describe, expect, it } from 'vitest';
import {
  ask,
  claims,
  encode,
  hs,
  hsHost,
  inShort,
  other,
  rs,
  rsHost,
  SECRET,
  spki,
} from './tokens.ts';

describe('the header', () => {
  const typ = 'not-allowed: Invalid typ';
  const alg = 'not-allowed: Invalid or incorrect alg';

  it.each<[string, object, string]>([
    ['typ JWT', {}, 'accepted participant'],
    ['no typ', { typ: undefined }, typ],
    ['typ jwt', { typ: 'jwt' }, typ],
    ['typ at+jwt', { typ: 'at+jwt' }, typ],
    ['typ null', { typ: null }, typ],
    ['alg none', { alg: 'none' }, alg],
    ['alg HS512 where HS256 is expected', { alg: 'HS512' }, alg],
    ['alg RS256 on a host with a secret', { alg: 'RS256' }, alg],
    ['alg hs256', { alg: 'hs256' }, alg],
  ])('with %s, secret', (_, header, expected) => {
    expect(inShort(hs(claims(), header))).toBe(expected);
  });

  const family = "not-allowed: 'kid' claim only support with RS family";
  it.each<[string, object, string]>([
    ['no typ', { typ: undefined }, typ],
    ['no kid', { kid: undefined }, "not-allowed: 'kid' claim is missing"],
    ['kid null', { kid: null }, 'hangs header_odd'],
    ['no alg', { alg: undefined }, "not-allowed: 'alg' claim is missing"],
    ['alg none', { alg: 'none' }, family],
    ['alg ES256', { alg: 'ES256' }, family],
    ['alg PS256', { alg: 'PS256' }, family],
    ['alg EdDSA', { alg: 'EdDSA' }, family],
    ['alg as a number', { alg: 256 }, 'hangs header_odd'],
    ['alg RS512 where RS256 is expected', { alg: 'RS512' }, alg],
  ])('with %s, key server', (_, header, expected) => {
    const token = rs(claims(), { alg: 'RS256', ...header });

    expect(inShort(token, rsHost())).toBe(expected);
  });

  it.each(['HS256', 'HS384', 'HS512'])('takes %s where it is the one', (signatureAlgorithm) => {
    const token = hs(claims(), { alg: signatureAlgorithm });

    expect(inShort(token, { ...hsHost, signatureAlgorithm })).toBe('accepted participant');
  });

  it.each(['RS256', 'RS384', 'RS512'])('takes %s where it is the one', (signatureAlgorithm) => {
    const token = rs(claims(), { alg: signatureAlgorithm });

    expect(inShort(token, rsHost({ signatureAlgorithm }))).toBe('accepted participant');
  });

  it('refuses an algorithm the plugin does not know', () => {
    const host = rsHost({ signatureAlgorithm: 'ES256' });

    expect(inShort(rs(claims()), host)).toBe('not-allowed: Algorithm not supported');
  });
});

describe('one virtual host is either HS or RS', () => {
  it('refuses a secret’s token on a host with keys', () => {
    expect(inShort(hs(claims()), rsHost())).toBe("not-allowed: 'kid' claim is missing");
    expect(inShort(hs(claims(), { kid: 'k1' }), rsHost())).toBe(
      "not-allowed: 'kid' claim only support with RS family",
    );
  });

  it('refuses HS256 made with the public key (CVE-2021-39215)', () => {
    const forged = hs(claims(), { kid: 'k1' }, spki);

    expect(inShort(forged, rsHost())).toBe("not-allowed: 'kid' claim only support with RS family");
    expect(inShort(forged, rsHost({ signatureAlgorithm: 'HS256' }))).toBe(
      "not-allowed: 'kid' claim only support with RS family",
    );
    expect(inShort(hs(claims(), { kid: 'k1', alg: 'RS256' }, spki), rsHost())).toBe(
      'not-allowed: Invalid signature',
    );
  });
});

describe('the signature', () => {
  const forged = 'not-allowed: Invalid signature';

  it('is by the secret, or by the key of the kid', () => {
    expect(inShort(hs(claims(), {}, `${SECRET}.`))).toBe(forged);
    expect(inShort(rs(claims(), {}, other.privateKey), rsHost())).toBe(forged);
  });

  it('covers header and payload', () => {
    const [header, , signature] = hs(claims()).split('.');

    expect(inShort(`${header}.${encode(claims({ room: '*' }))}.${signature}`)).toBe(forged);
  });

  it('is refused when it is too short', () => {
    expect(inShort(hs(claims()).slice(0, -4))).toBe(forged);
    expect(inShort(rs(claims()).slice(0, -4), rsHost())).toBe(forged);
  });
});

describe('the pieces', () => {
  const [header = '', payload = '', signature = ''] = hs(claims()).split('.');

  it.each([
    ['nothing', '', 'not-allowed: Invalid token'],
    ['one piece', 'abc', 'not-allowed: Invalid token'],
    ['two pieces', `${header}.${payload}`, 'not-allowed: Invalid token'],
    ['no signature', `${header}.${payload}.`, 'not-allowed: Invalid token'],
    ['four pieces', `${header}.${payload}.${signature}.x`, 'not-allowed: Invalid token'],
    ['a header that is no JSON', `abc.${payload}.${signature}`, 'not-allowed: Invalid header'],
    ['a header that is no base64url', `a+/.${payload}.${signature}`, 'not-allowed: Invalid header'],
    ['a payload that is no JSON', `${header}.abc.${signature}`, 'not-allowed: Invalid body'],
    [
      'a signature that is no base64url',
      `${header}.${payload}.é`,
      'not-allowed: Invalid signature',
    ],
    [
      'padding, which the signature did not cover',
      `${header}=.${payload}==.${signature}=`,
      'not-allowed: Invalid signature',
    ],
    ['a doubled dot', `${header}..${payload}.${signature}`, 'accepted participant'],
    ['a header null', `${encode(null)}.${payload}.${signature}`, 'hangs header_odd'],
    ['a header of text', `${encode('JWT')}.${payload}.${signature}`, 'not-allowed: Invalid typ'],
    ['a header of a list', `${encode([])}.${payload}.${signature}`, 'not-allowed: Invalid typ'],
  ])('with %s', (_, token, expected) => {
    expect(inShort(token)).toBe(expected);
  });

  it.each([
    ['nothing', '', 'not-allowed: Invalid token'],
    ['one piece', 'abc', 'not-allowed: Invalid token'],
    ['a header that is no JSON', 'abc.def.ghi', 'not-allowed: bad token format'],
    ['an empty header', '.def.ghi', 'not-allowed: bad token format'],
    ['a header null', `${encode(null)}.e30.x`, 'hangs header_odd'],
    ['a header of text', `${encode('x')}.e30.x`, "not-allowed: 'kid' claim is missing"],
  ])('with %s, key server', (_, token, expected) => {
    expect(inShort(token, rsHost())).toBe(expected);
  });
});

describe('the size of a token', () => {
  const padded = (bytes: number) => hs(claims({ filler: 'x'.repeat(bytes) }));

  it('is free up to 6 kB, warned of above, and a hang from 10 kB', () => {
    expect(ask(padded(1000)).warnings).not.toContain('token_long');
    expect(ask(padded(6000))).toMatchObject({ verdict: 'accepted', warnings: ['token_long'] });
    expect(inShort(padded(8000))).toBe('hangs token_too_long');
  });
});
