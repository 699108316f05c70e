import { beforeAll, expect, it } from 'vitest';
import type { PeoplePage } from '../../src/directory/directory.ts';
import { describeWithSlapd, type Slapd, startSlapd } from '../support/slapd.ts';
import { groupDn, groupLdif, localDirectory, personDn, personLdif, reach } from './ground.ts';

const UIDS = Array.from({ length: 25 }, (_, nth) => `person${nth}`);

describeWithSlapd('the list of all people', () => {
  let slapd: Slapd;
  const directory = localDirectory();

  beforeAll(async () => {
    slapd = await startSlapd(
      [
        ...UIDS.map((uid) => personLdif({ uid, more: ['givenName: one', 'mail: a@example.org'] })),
        personLdif({ uid: 'nameless' }),
        personLdif({ uid: 'gone', more: ['givenName: two', 'userAccountControl: 514'] }),
        groupLdif('few', [personDn('person1').toUpperCase(), personDn('person2')]),
        groupLdif('more', [groupDn('few'), groupDn('circle')]),
        groupLdif('circle', [groupDn('more')]),
        groupLdif('unique', [personDn('person1')], 'uniqueMember'),
        `dn: ${groupDn('posix')}\nobjectClass: posixGroup\ncn: posix\ngidNumber: 7\nmemberUid: person1\n`,
      ].join('\n'),
    );
  });

  async function list(overrides = {}): Promise<readonly PeoplePage[]> {
    const pages: PeoplePage[] = [];
    for await (const page of directory.listPeople(reach(slapd, overrides))) pages.push(page);
    return pages;
  }

  it('comes by pages, everybody once', async () => {
    const pages = await list({ pageSize: 10 });
    expect(pages.map(({ people }) => people.length)).toEqual([10, 10, 7]);
    const uids = pages.flatMap(({ people }) => people.map(({ claims }) => claims['uid']));
    expect(uids).toHaveLength(UIDS.length + 2);
    expect(new Set(uids)).toEqual(new Set([...UIDS, 'gone', 'nameless']));
  });

  it('says of each what a sign-in says', async () => {
    const people = (await list()).flatMap((page) => page.people);
    for (const uid of ['person1', 'person2', 'person3', 'gone']) {
      const found = await directory.find(reach(slapd), uid);
      const listed = people.find(({ claims }) => claims['uid'] === uid);
      expect(found).toEqual({ kind: 'found', assertion: listed });
    }
    const groups = (uid: string) =>
      people.find(({ claims }) => claims['uid'] === uid)?.claims['groups'];
    expect(groups('person1')).toEqual(['circle', 'few', 'more', 'posix', 'unique']);
    expect(groups('person2')).toEqual(['circle', 'few', 'more']);
    expect(groups('person3')).toEqual([]);
    expect(people.find(({ claims }) => claims['uid'] === 'gone')?.disabled).toBe(true);
  });

  it('tells whose entry has nothing to know them by', async () => {
    const pages = await list({ subjectAttribute: 'givenName' });
    expect(pages.flatMap(({ unusable }) => unusable)).toEqual([personDn('nameless')]);
  });

  it('ends with an error when it cannot be read to its end', async () => {
    await expect(list({ peopleFilter: '(uid=*' })).rejects.toMatchObject({ code: 'filter_wrong' });
    await expect(list({ baseDn: 'dc=no' })).rejects.toMatchObject({ name: 'DirectoryFailure' });
  });

  it('knows who is still there', async () => {
    const subjects = (await list()).flatMap(({ people }) => people.map(({ subject }) => subject));
    const unknown = '00000000-0000-4000-8000-000000000000';
    const there = await directory.stillThere(reach(slapd), [unknown, ...subjects]);
    expect(there).toEqual(new Set(subjects));
  });
});
