/** `Util:verify_room`: the room and the tenant at the join. */
import { describe, expect, it } from 'vitest';
import type { Join, ProsodyHost } from '../../../src/domain/prosody/host.ts';
import { ask, claims, hs, hsHost, inShort } from './tokens.ts';

const MISMATCH = 'not-allowed: Room and token mismatched';
const OTHER_ROOM = 'not-allowed: Room does not match the room from token';
const NO_ROOM = 'not-allowed: Room name cannot be matched to the one from token.';
const IN = 'accepted participant';

const strict = hsHost;
const loose: ProsodyHost = { ...hsHost, enableDomainVerification: false };
const roomless: ProsodyHost = { ...hsHost, asapRequireRoomClaim: false };
const regex = (room: unknown) => ({ room, context: { room: { regex: true } } });

type Row = [string, Record<string, unknown>, Join, string];

describe('with domain verification, the plugin’s default', () => {
  it.each<Row>([
    ['the room', {}, { room: 'standup' }, IN],
    ['the room in capitals', { room: 'STANDUP' }, { room: 'standup' }, IN],
    ['another room', { room: 'stand' }, { room: 'standup' }, MISMATCH],
    ['any room', { room: '*' }, { room: 'standup' }, IN],
    ['a star that is no wildcard', { room: 'stand*' }, { room: 'standup' }, MISMATCH],
    [
      'a raw accented name',
      { room: 'café réunion' },
      { room: 'caf%c3%a9%20r%c3%a9union' },
      MISMATCH,
    ],
    [
      'the encoded name',
      { room: 'caf%c3%a9%20r%c3%a9union' },
      { room: 'caf%c3%a9%20r%c3%a9union' },
      IN,
    ],
    [
      'the encoded name, capitals',
      { room: 'caf%C3%A9%20r%C3%A9union' },
      { room: 'caf%c3%a9%20r%c3%a9union' },
      IN,
    ],
    ['capitals beyond ASCII', { room: 'É' }, { room: 'é' }, MISMATCH],
    ['a list', { room: ['standup'] }, { room: 'standup' }, 'hangs room_odd'],
    ['null', { room: null }, { room: 'standup' }, 'hangs room_odd'],
    ['true', { room: true }, { room: 'standup' }, 'hangs room_odd'],
    ['a number, which is a float', { room: 7 }, { room: '7.0' }, IN],
    ['false', { room: false }, { room: 'standup' }, NO_ROOM],
  ])('compares room: %s', (_, changes, join, expected) => {
    expect(inShort(hs(claims(changes)), strict, join)).toBe(expected);
  });

  it.each<Row>([
    ['the XMPP domain', { sub: 'meet.jitsi' }, { room: 'standup' }, IN],
    ['the XMPP domain in capitals', { sub: 'Meet.Jitsi' }, { room: 'standup' }, IN],
    ['the public host', { sub: 'meet.example.com' }, { room: 'standup' }, MISMATCH],
    ['a star', { sub: '*' }, { room: 'standup' }, IN],
    ['a user id', { sub: 'f81d4fae' }, { room: 'standup' }, MISMATCH],
    ['a user id, any room', { sub: 'f81d4fae', room: '*' }, { room: 'standup' }, MISMATCH],
    ['the tenant', { sub: 't1' }, { tenant: 't1', room: 'standup' }, IN],
    ['the tenant in capitals', { sub: 'T1' }, { tenant: 't1', room: 'standup' }, IN],
    ['another tenant', { sub: 't2' }, { tenant: 't1', room: 'standup' }, MISMATCH],
    ['the domain in a tenant', { sub: 'meet.jitsi' }, { tenant: 't1', room: 'standup' }, MISMATCH],
    ['a star in a tenant', { sub: '*' }, { tenant: 't1', room: 'standup' }, IN],
    [
      'a star in a tenant, any room',
      { sub: '*', room: '*' },
      { tenant: 't1', room: 'standup' },
      IN,
    ],
    ['the tenant, any room', { sub: 't1', room: '*' }, { tenant: 't1', room: 'standup' }, IN],
    ['a tenant outside of it', { sub: 't1' }, { room: 'standup' }, MISMATCH],
    [
      'the tenant, another room',
      { sub: 't1', room: 'x' },
      { tenant: 't1', room: 'standup' },
      MISMATCH,
    ],
    ['null', { sub: null }, { room: 'standup' }, 'hangs sub_odd'],
    ['null, another room', { sub: null, room: 'x' }, { room: 'standup' }, 'hangs sub_odd'],
  ])('compares sub: %s', (_, changes, join, expected) => {
    expect(inShort(hs(claims(changes)), strict, join)).toBe(expected);
  });

  it('takes the domain from the server’s settings', () => {
    const host = { ...strict, xmppDomain: 'meet.example.com' };

    expect(inShort(hs(claims({ sub: 'meet.example.com' })), host)).toBe(IN);
  });
});

describe('without domain verification, docker’s default', () => {
  it.each<Row>([
    ['the room', {}, { room: 'standup' }, IN],
    ['the room in capitals', { room: 'Standup' }, { room: 'standup' }, IN],
    ['another room', { room: 'x' }, { room: 'standup' }, OTHER_ROOM],
    ['any room', { room: '*' }, { room: 'standup' }, IN],
    ['the room in any tenant', {}, { tenant: 't1', room: 'standup' }, IN],
    ['the end of a room’s name', { room: 'up' }, { room: 'standup' }, OTHER_ROOM],
    ['any sub', { sub: 'f81d4fae' }, { room: 'standup' }, IN],
    ['a sub of null', { sub: null }, { room: 'standup' }, IN],
    ['a pattern, literally', regex('s.*'), { room: 'standup' }, OTHER_ROOM],
    ['a list', { room: ['standup'] }, { room: 'standup' }, 'hangs room_odd'],
    ['false, as no room at all', { room: false }, { room: 'standup' }, IN],
  ])('compares room: %s', (_, changes, join, expected) => {
    expect(inShort(hs(claims(changes)), loose, join)).toBe(expected);
  });

  it('survives a token without sub before August 2026', () => {
    const token = hs(claims({ sub: undefined }));

    expect(inShort(token, loose, undefined, { version: '2026-01' })).toBe(IN);
  });
});

describe('a room pattern (context.room.regex)', () => {
  it.each<Row>([
    ['the whole room', regex('^standup$'), { room: 'standup' }, IN],
    ['a class', regex('^team%-%d+$'), { room: 'team-12' }, IN],
    ['a part of the room', regex('stand'), { room: 'standup' }, MISMATCH],
    ['another room', regex('^x'), { room: 'standup' }, NO_ROOM],
    ['%D, lowercased to %d', regex('^%D+$'), { room: 'standup' }, NO_ROOM],
    [
      'the room in a tenant',
      { ...regex('^st.*$'), sub: 't1' },
      { tenant: 't1', room: 'standup' },
      IN,
    ],
    ['a capture, which is what counts', regex('^(stand)up$'), { room: 'standup' }, MISMATCH],
    ['no pattern', regex('[a'), { room: 'standup' }, 'not-allowed: invalid-regex'],
    [
      '"true" as text',
      { room: 's.*', context: { room: { regex: 'true' } } },
      { room: 'standup' },
      IN,
    ],
    [
      '1, which is not true',
      { room: 's.*', context: { room: { regex: 1 } } },
      { room: 'standup' },
      MISMATCH,
    ],
  ])('compares %s', (_, changes, join, expected) => {
    expect(inShort(hs(claims(changes)), strict, join)).toBe(expected);
  });

  it('that is none hangs before August 2026', () => {
    const token = hs(claims(regex('[a')));

    expect(inShort(token, strict, undefined, { version: '2026-01' })).toBe(
      'hangs room_pattern_bad',
    );
  });

  it('gives up where matching would take for ever', () => {
    const token = hs(claims(regex(`^${'.*'.repeat(30)}!$`)));

    expect(inShort(token, strict, { room: 'a'.repeat(60) })).toBe('hangs room_pattern_costly');
  });
});

describe('without a required room claim', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['no room and any sub', { room: undefined, sub: 'f81d4fae' }, IN],
    ['no sub', { room: undefined, sub: undefined }, 'not-authorized: sub claim is missing'],
    ['any room, but a user id as sub', { room: '*', sub: 'f81d4fae' }, MISMATCH],
    ['another room', { room: 'x' }, MISMATCH],
    ['the room', {}, IN],
  ])('takes %s', (_, changes, expected) => {
    expect(inShort(hs(claims(changes)), roomless)).toBe(expected);
  });

  it('warns that the token opens every room', () => {
    expect(ask(hs(claims({ room: undefined })), roomless).warnings).toContain('any_room');
  });
});

describe('context.tenant', () => {
  const token = hs(claims({ context: { tenant: 't2' } }));

  it('is only noted when it is not the address’s', () => {
    expect(ask(token)).toMatchObject({ verdict: 'accepted', warnings: ['tenant_mismatch'] });
    expect(
      ask(hs(claims({ sub: '*', context: { tenant: 'T1' } })), strict, {
        tenant: 't1',
        room: 'standup',
      }).warnings,
    ).toEqual([]);
  });

  it('refuses where the room is closed to people without a token', () => {
    const join = { room: 'standup', allowUnauthenticatedAccess: false };

    expect(inShort(token, strict, join)).toBe(MISMATCH);
  });

  it('hangs as null', () => {
    expect(inShort(hs(claims({ context: { tenant: null } })))).toBe('hangs tenant_odd');
  });
});

describe('people without a token', () => {
  const open = { ...strict, allowEmptyToken: true };

  it.each<[string, ProsodyHost, Join, string]>([
    ['no', strict, { room: 'standup' }, 'not-allowed: token required'],
    ['yes, with allow_empty_token', open, { room: 'standup' }, IN],
    [
      'no, in a closed room',
      open,
      { room: 'standup', allowUnauthenticatedAccess: false },
      'not-allowed: Authentication required',
    ],
    ['no, from the guest host', strict, { room: 'standup', guest: true }, NO_ROOM],
    ['yes, from the guest host, no room required', roomless, { room: 'standup', guest: true }, IN],
    [
      'yes, from the guest host, no domain verification',
      loose,
      { room: 'standup', guest: true },
      IN,
    ],
    [
      'yes, from the guest host, with allow_empty_token',
      open,
      { room: 'standup', guest: true },
      IN,
    ],
    [
      'no, before the host',
      { ...open, mucWaitForHost: true },
      { room: 'standup' },
      'registration-required: waiting-for-host',
    ],
    [
      'yes, after the host',
      { ...open, mucWaitForHost: true },
      { room: 'standup', hostPresent: true },
      IN,
    ],
  ])('may enter: %s', (_, host, join, expected) => {
    expect(inShort(undefined, host, join)).toBe(expected);
  });

  it('are not those with an empty or a bad one', () => {
    expect(inShort('', open)).toBe('not-allowed: Invalid token');
    expect(inShort(hs(claims({ aud: 'x' })), open)).toBe("not-allowed: invalid 'aud' claim");
  });
});

describe('the room itself', () => {
  it('has to be there', () => {
    expect(inShort(hs(claims()), strict, { room: 'standup', roomExists: false })).toBe(
      'not-allowed: Room does not exist',
    );
    expect(inShort(hs(claims()), strict, { room: '' })).toBe(
      'not-allowed: Room address is invalid',
    );
  });
});
