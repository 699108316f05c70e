import { describe, expect, it } from 'vitest';
import type { Issuer, RoomPolicy } from '../../../src/domain/issuer.ts';
import { compileIssuer } from '../../../src/domain/rules/check-issuer.ts';
import { anIssuer } from '../../factories.ts';

const policy: RoomPolicy = {
  match: '*',
  useRule: undefined,
  moderatorRule: undefined,
  features: undefined,
  lobbyBypass: undefined,
};

function mistakesIn(overrides: Partial<Issuer>) {
  const result = compileIssuer(anIssuer(overrides));
  return result.ok ? [] : result.errors;
}

describe('compileIssuer', () => {
  it('tells all mistakes at once, each with its path and place', () => {
    const errors = mistakesIn({
      useRule: "inGroup('a'",
      moderatorRule: 'rooom',
      features: { recordng: '1', livestreaming: 'x' },
      lobbyBypass: '',
      group: 'nobody',
      mapping: { name: 'displayNam' },
      extraClaims: { 'context.user.dept': '1 == 1' },
      rooms: [policy, { ...policy, match: 'Staff', features: { recording: '?' } }],
    });
    expect(errors.map(({ path }) => path)).toEqual([
      'useRule',
      'moderatorRule',
      'features.recordng',
      'features.livestreaming',
      'lobby.bypass',
      'rooms[1].match',
      'rooms[1].features.recording',
      'mapping.name',
      'group',
      'extraClaims.context.user.dept',
    ]);
    expect(errors.find(({ path }) => path === 'features.recordng')).toMatchObject({
      hint: 'did you mean recording?',
    });
    expect(errors.find(({ path }) => path === 'moderatorRule')).toMatchObject({
      message: 'Unknown variable: rooom',
      line: 1,
      column: 1,
      hint: 'did you mean room?',
    });
  });

  it.each([
    'iss',
    'sub',
    'aud',
    'exp',
    'nbf',
    'iat',
    'jti',
    'room',
    'context',
    'context.user',
    'context.room',
    'context.room.regex',
    'context.tenant',
    'context.features',
    'context.features.recording',
    'context.user.affiliation',
    'context.user.moderator',
    'context.user.moderator.x',
    'context.user.a.b',
    'context.group.x',
    '',
    '.',
    'a..b',
    'a b',
    '__proto__.x',
    'a.constructor',
    'context.user.é',
    'context.user.1',
    'a.b.c.d.e.f',
    'context.user.name',
  ])('gives the claim %j to nobody', (claim) => {
    expect(mistakesIn({ extraClaims: { [claim]: 'id' } })).toMatchObject([
      { path: `extraClaims.${claim}` },
    ]);
  });

  it.each([
    'context.user.department',
    'context.user.role',
    'context.user.hidden-from-recorder',
    'context.user.moderatorOf',
    'context.callee.name',
    'context.roomName',
    'rooms',
    'x_custom.y',
  ])('takes %s as an extra claim', (claim) => {
    expect(mistakesIn({ extraClaims: { [claim]: 'id' } })).toEqual([]);
  });

  it('takes no claim twice, nor one inside another', () => {
    expect(mistakesIn({ group: 'source', extraClaims: { 'context.group': 'id' } })).toMatchObject([
      { path: 'extraClaims.context.group', message: expect.stringContaining('given by group') },
    ]);
    expect(mistakesIn({ extraClaims: { 'x.y': 'id', x: 'id' } })).toMatchObject([
      { path: 'extraClaims.x' },
    ]);
  });

  it.each([
    [{ sub: '*' }, []],
    [{ sub: 'meet.jitsi' }, []],
    [{ sub: 'tenant', xmppDomain: 'meet.jitsi', useRule: "tenant == 'a'" }, []],
    [{ sub: 'https://meet.example.org' }, ['sub']],
    [{ sub: 'Meet.Example' }, ['sub']],
    [{ sub: '' }, ['sub']],
    [{ sub: 'tenant', xmppDomain: 'a b' }, ['xmppDomain']],
    [{ sub: '*', xmppDomain: 'meet.jitsi' }, ['xmppDomain']],
    [{ sub: '*', useRule: "tenant == 'a'" }, ['useRule']],
    [{ sub: '*', mapping: { name: 'tenant' } }, ['mapping.name']],
    [
      { sub: '*', rooms: [{ ...policy, moderatorRule: "tenant == 'a'" }] },
      ['rooms[0].moderatorRule'],
    ],
  ] as const)('checks sub and tenant together: %j', (overrides, paths) => {
    expect(mistakesIn(overrides).map(({ path }) => path)).toEqual(paths);
  });

  it.each(['', ' ', 'a/b', 'A*', 'ＡＢ', 'a?', 'x'.repeat(201), 'a\n'])(
    'refuses %j as the pattern of a room',
    (match) => {
      expect(mistakesIn({ rooms: [{ ...policy, match }] })).toMatchObject([
        { path: 'rooms[0].match' },
      ]);
    },
  );

  it('lets mappings read what rules may not', () => {
    expect(mistakesIn({ mapping: { name: "user.displayName + '!'" } })).toEqual([]);
    expect(mistakesIn({ useRule: "user.displayName == 'Ada'" })).toMatchObject([
      { path: 'useRule' },
    ]);
  });
});
