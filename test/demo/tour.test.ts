import { describe, expect, it } from 'vitest';
import { alignColumns, roleTable, TOUR } from '../../src/demo/tour.ts';
import { compileIssuer } from '../../src/domain/rules/check-issuer.ts';
import { buildRealm } from '../../src/operations/live-realm.ts';
import { anIssuer, aUser, NOW } from '../factories.ts';

function live(moderatorRule: string) {
  const issuer = anIssuer({ slug: 'main', useRule: "inGroup('staff')", moderatorRule });
  const result = compileIssuer(issuer);
  if (!result.ok) throw new Error('the rules compile');
  return {
    issuer,
    compiled: result.compiled,
    signer: undefined,
    asapFiles: new Map<string, Buffer>(),
    jwks: Buffer.from('{}'),
    realm: buildRealm(issuer, { served: [], signing: [], secrets: undefined }),
  };
}

describe('the table of roles', () => {
  it('asks the rules for every person and room', () => {
    const users = [
      aUser({ username: 'ada', groups: ['staff', 'chairs'] }),
      aUser({ username: 'bob', groups: ['staff'] }),
      aUser({ username: 'eve', groups: [] }),
    ];
    const [head, ...rows] = roleTable([live("inGroup('chairs')")], users, NOW);
    const rooms = (TOUR['main'] ?? []).map(({ room }) => room);
    expect(head?.trim().split(/\s+/)).toEqual(rooms);
    const words = rows.map((row) => row.split(/\s+/));
    expect(words.map(([name, role]) => [name, role])).toEqual([
      ['ada', 'mod'],
      ['bob', 'in'],
      ['eve', '–'],
    ]);
    expect(words.every((row) => row.length === rooms.length + 1)).toBe(true);
  });

  it('stands in columns', () => {
    expect(
      alignColumns([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
    ).toEqual(['a    bb', 'ccc  d']);
  });
});
