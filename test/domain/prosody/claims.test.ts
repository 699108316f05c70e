/** jitsi-meet's `luajwtjitsi.lib.lua`: registered claims, without leeway. */
import { describe, expect, it } from 'vitest';
import { ask, claims, hs, hsHost, inShort, now } from './tokens.ts';

describe('the claims', () => {
  const expMessage = (text: string) => `not-allowed: Not acceptable by exp (${text})`;

  it.each<[string, Record<string, unknown>, string]>([
    ['everything right', {}, 'accepted participant'],
    ['no iss', { iss: undefined }, "not-allowed: 'iss' claim is missing"],
    ['another iss', { iss: 'nobody' }, "not-allowed: invalid 'iss' claim"],
    ['iss in capitals', { iss: 'ROOMKEY' }, "not-allowed: invalid 'iss' claim"],
    ['iss null', { iss: null }, "not-allowed: invalid 'iss' claim"],
    ['no aud', { aud: undefined }, "not-allowed: 'aud' claim is missing"],
    ['another aud', { aud: 'nobody' }, "not-allowed: invalid 'aud' claim"],
    ['aud as a list', { aud: ['jitsi'] }, "not-allowed: invalid 'aud' claim"],
    ['no exp', { exp: undefined }, 'accepted participant'],
    ['exp false', { exp: false }, 'accepted participant'],
    ['exp as text', { exp: String(now + 300) }, 'not-allowed: exp must be number'],
    ['exp null', { exp: null }, 'not-allowed: exp must be number'],
    ['exp in half a second', { exp: now + 0.5 }, 'accepted participant'],
    ['exp now', { exp: now }, expMessage('0.0 sec since expired')],
    ['exp a second ago', { exp: now - 1 }, expMessage('1.0 sec since expired')],
    [
      'exp past, with iat',
      { exp: now - 3, iat: now - 303 },
      expMessage('3.0 sec since expired, valid for:300.0 sec'),
    ],
    [
      'exp past, iat as text',
      { exp: now - 3, iat: String(now - 303) },
      expMessage('3.0 sec since expired, valid for:300.0 sec'),
    ],
    ['exp past, iat odd', { exp: now - 3, iat: null }, 'hangs iat_odd'],
    ['iat in the future', { iat: now + 999 }, 'accepted participant'],
    ['nbf now', { nbf: now }, 'accepted participant'],
    ['nbf a second ahead', { nbf: now + 1 }, 'not-allowed: Not acceptable by nbf'],
    ['nbf five seconds ahead', { nbf: now + 5 }, 'not-allowed: Not acceptable by nbf'],
    ['nbf as text', { nbf: String(now) }, 'not-allowed: nbf must be number'],
    ['no room', { room: undefined }, 'not-authorized: room claim is missing'],
    ['no sub', { sub: undefined }, 'not-authorized: sub claim is missing'],
  ])('with %s', (_, changes, expected) => {
    expect(inShort(hs(claims(changes)))).toBe(expected);
  });

  it('are the first wrong one in the plugin’s order', () => {
    const token = hs(claims({ nbf: now + 5, iss: 'nobody', aud: 'nobody', room: undefined }));

    expect(inShort(token)).toBe('not-allowed: Not acceptable by nbf');
  });

  it.each<[string, Record<string, unknown>, object, string]>([
    ['any iss', { iss: 'nobody' }, { asapAcceptedIssuers: ['*'] }, 'accepted participant'],
    [
      'any iss, but one',
      { iss: undefined },
      { asapAcceptedIssuers: ['*'] },
      "not-allowed: 'iss' claim is missing",
    ],
    ['a second issuer', { iss: 'b' }, { asapAcceptedIssuers: ['a', 'b'] }, 'accepted participant'],
    [
      'an issuer list without the app id',
      {},
      { asapAcceptedIssuers: ['a'] },
      "not-allowed: invalid 'iss' claim",
    ],
    ['any aud, a list', { aud: ['x'] }, { asapAcceptedAudiences: ['*'] }, 'accepted participant'],
    [
      'any aud, but one',
      { aud: undefined },
      { asapAcceptedAudiences: ['*'] },
      "not-allowed: 'aud' claim is missing",
    ],
  ])('on a host that takes %s', (_, changes, host, expected) => {
    expect(inShort(hs(claims(changes)), { ...hsHost, ...host })).toBe(expected);
  });

  it.each([
    ['null', null, 'hangs payload_odd'],
    ['a number', 7, 'hangs payload_odd'],
    ['true', true, 'hangs payload_odd'],
    ['text', 'claims', "not-allowed: 'iss' claim is missing"],
    ['a list', [1], "not-allowed: 'iss' claim is missing"],
  ])('that are %s', (_, payload, expected) => {
    expect(inShort(hs(payload))).toBe(expected);
  });

  it.each([
    ['no room, 2026-01', { room: undefined }, '2026-01', 'hangs room_missing'],
    ['no room, 2024-04', { room: undefined }, '2024-04', 'hangs room_missing'],
    ['no sub, 2026-01', { sub: undefined }, '2026-01', 'hangs sub_missing'],
  ] as const)('with %s', (_, changes, version, expected) => {
    expect(inShort(hs(claims(changes)), hsHost, undefined, { version })).toBe(expected);
  });

  it('warn of a token that never expires', () => {
    expect(ask(hs(claims({ exp: undefined }))).warnings).toContain('never_expires');
  });
});

describe('the lines of the inspector', () => {
  it('tell of everything wrong, not of the first alone', () => {
    const token = hs(claims({ iss: 'nobody', aud: ['jitsi'], room: 'elsewhere' }), { typ: 'jwt' });
    const failed = ask(token).checks.filter(({ outcome }) => outcome === 'failed');

    expect(failed).toEqual([
      { name: 'typ', outcome: 'failed', seen: '"jwt"', wanted: 'JWT' },
      { name: 'iss', outcome: 'failed', seen: '"nobody"', wanted: 'roomkey' },
      { name: 'aud', outcome: 'failed', seen: '["jitsi"]', wanted: 'jitsi' },
      { name: 'room', outcome: 'failed', seen: '"elsewhere"', wanted: 'standup' },
    ]);
  });

  it('have one line per check', () => {
    const names = ask(hs(claims())).checks.map(({ name }) => name);

    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(
      expect.arrayContaining([
        'size',
        'typ',
        'alg',
        'kid',
        'iss',
        'aud',
        'exp',
        'nbf',
        'room',
        'sub',
      ]),
    );
  });
});
