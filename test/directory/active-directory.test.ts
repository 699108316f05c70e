import { describe, expect, it } from 'vitest';
import { readGroups } from '../../src/directory/group-index.ts';
import { groupNames, searchedGroups } from '../../src/directory/groups.ts';
import { findEntry } from '../../src/directory/people.ts';
import type { Query, Session } from '../../src/directory/session.ts';
import type { DirectoryEntry } from '../../src/domain/upstreams/ldap/entry.ts';
import { anLdapUpstream } from './ground.ts';

const ADA = 'CN=Ada (Maths)\\, Countess,DC=example,DC=org';

function anEntry(dn: string, attributes: Readonly<Record<string, readonly string[]>>) {
  const all = Object.entries(attributes);
  return {
    dn,
    attributes: new Map(all.map(([name, values]) => [name.toLowerCase(), { name, values }])),
  };
}

/** No Active Directory runs on a test machine: what it would be asked, and its way to answer. */
function sessionOf(answer: (query: Query) => readonly DirectoryEntry[]): Session {
  const unused = () => Promise.reject(new Error('not asked'));
  return {
    url: 'ldaps://dc1.example.org',
    bindService: unused,
    bindAs: unused,
    search: async (query) => answer(query),
    async *pages(query) {
      yield answer(query);
    },
    close: () => {},
  };
}

describe('groups of Active Directory', () => {
  it.each([
    [
      true,
      '(member:1.2.840.113556.1.4.1941:=CN=Ada \\28Maths\\29\\5c, Countess,DC=example,DC=org)',
    ],
    [false, '(member=CN=Ada \\28Maths\\29\\5c, Countess,DC=example,DC=org)'],
  ])('are asked for at once, nested: %s', async (nestedGroups, filter) => {
    const asked: string[] = [];
    const upstream = anLdapUpstream({
      directory: 'active_directory',
      groupFilter: '(objectClass=group)',
      nestedGroups,
    });
    const session = sessionOf((query) => {
      asked.push(query.filter.toString());
      return [anEntry('CN=staff,DC=example,DC=org', { cn: ['staff'] })];
    });
    const names = await groupNames(searchedGroups(session, upstream), upstream, anEntry(ADA, {}));
    expect(names).toEqual(['staff']);
    expect(asked).toEqual([`(&(objectClass=group)${filter})`]);
  });

  it('are read whole, when their members come in portions', async () => {
    const dn = 'CN=everybody,DC=example,DC=org';
    const member = (from: number) => [`CN=${from},DC=example`, `CN=${from + 1},DC=example`];
    const portions: Readonly<Record<string, DirectoryEntry>> = {
      cn: anEntry(dn, { cn: ['everybody'], member: [], 'member;range=0-1': member(0) }),
      'member;range=2-*': anEntry(dn, { 'member;range=2-3': member(2) }),
      'member;range=4-*': anEntry(dn, { 'member;range=4-*': member(4) }),
    };
    const upstream = anLdapUpstream({ directory: 'active_directory' });
    const session = sessionOf(({ attributes }) => [portions[attributes[0] ?? '']!]);
    const source = await readGroups(session, upstream);
    for (let nth = 0; nth < 6; nth++) {
      const entry = anEntry(`cn=${nth},dc=example`, {});
      expect(await groupNames(source, upstream, entry)).toEqual(['everybody']);
    }
    expect(await groupNames(source, upstream, anEntry('cn=6,dc=example', {}))).toEqual([]);
  });
});

describe('a name in Active Directory', () => {
  const upstream = anLdapUpstream({
    directory: 'active_directory',
    userFilter: '(|(sAMAccountName={login})(msDS-Phonetic:2.5.13.2:={login})(mail={login}@*))',
  });
  const asked: string[][] = [];
  const session = sessionOf(({ attributes }) => {
    asked.push([...attributes]);
    // It would answer so to each of them.
    return [anEntry(ADA, { sAMAccountName: ['alovelace'], mail: ['Ada@example.org'] })];
  });
  const ask = async (login: string) => (await findEntry({ session, upstream }, login)).kind;

  it.each(['alovelace', ' ALovelace ', '\uff41lovelace', 'ada', 'ada@example.org'])(
    'is found as we tell names apart: %j',
    async (login) => expect(await ask(login)).toBe('found'),
  );

  // Each would be counted as another name: whoever has enough of them guesses on for ever.
  it.each([
    '\u00e0lovelace',
    'alov\u00ebl\u00e0ce',
    'alove\u00adlace',
    'alove\u200blace',
    'a\u0308da',
  ])('is nobody’s, whatever else it is taken for there: %j', async (login) =>
    expect(await ask(login)).toBe('unknown_name'),
  );

  it('is asked for with what the filter looks at, which may have to be named', async () => {
    await ask('ada');
    for (const name of ['sAMAccountName', 'msDS-Phonetic', 'mail'])
      expect(asked.at(-1)).toContain(name);
  });
});
