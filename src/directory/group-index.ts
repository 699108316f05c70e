/**
 * All groups of a directory, read once: to ask for those of each of many people would take as many
 * searches.
 *
 * @module
 */
import { PresenceFilter } from 'ldapts';
import { dnKey } from '../domain/upstreams/ldap/dn.ts';
import { type DirectoryEntry, textsOf } from '../domain/upstreams/ldap/entry.ts';
import type { LdapUpstream } from '../domain/upstreams/upstream.ts';
import { readFilter } from './filters.ts';
import { type Group, type GroupSource, toGroup } from './groups.ts';
import type { Session } from './session.ts';

const MEMBERS = ['member', 'uniqueMember', 'memberUid'] as const;
/** Active Directory gives members in portions, each under a name of its own (MS-ADTS, 3.1.1.3.1.3.3). */
const MEMBER = /^member(?:;range=\d+-(\d+|\*))?$/;

export async function readGroups(session: Session, upstream: LdapUpstream): Promise<GroupSource> {
  const holders = new Map<string, Group[]>();
  const byUid = new Map<string, Group[]>();
  const byDn = new Map<string, Group>();

  const query = {
    baseDn: upstream.groupBaseDn,
    filter: readFilter(upstream.groupFilter),
    attributes: [upstream.groupNameAttribute, ...MEMBERS],
  };
  for await (const page of session.pages(query, upstream.pageSize))
    for (const entry of page)
      for (const group of toGroup(upstream, entry)) {
        byDn.set(dnKey(group.dn), group);
        const members = [...(await allMembers(session, entry)), ...textsOf(entry, 'uniqueMember')];
        for (const dn of members) push(holders, dnKey(dn), group);
        for (const uid of textsOf(entry, 'memberUid')) push(byUid, uid, group);
      }

  return {
    async ofPerson(entry) {
      const named = textsOf(entry, 'memberOf').flatMap((dn) => byDn.get(dnKey(dn)) ?? []);
      const uids = textsOf(entry, 'uid').flatMap((uid) => byUid.get(uid) ?? []);
      return [...(holders.get(dnKey(entry.dn)) ?? []), ...uids, ...named];
    },
    async ofGroups(groups) {
      return groups.flatMap(({ dn }) => holders.get(dnKey(dn)) ?? []);
    },
  };
}

async function allMembers(session: Session, group: DirectoryEntry): Promise<readonly string[]> {
  const members: string[] = [];
  for (let portion: DirectoryEntry | undefined = group; portion; ) {
    const names = [...portion.attributes.keys()].filter((name) => MEMBER.test(name));
    for (const name of names) members.push(...textsOf(portion, name));
    // A portion that ends in `*` is the last one.
    const last = names.flatMap((name) => MEMBER.exec(name)?.[1] ?? []).find(isNumber);
    if (last === undefined) break;
    const [next]: readonly DirectoryEntry[] = await session.search({
      baseDn: group.dn,
      scope: 'base',
      filter: new PresenceFilter({ attribute: 'objectClass' }),
      attributes: [`member;range=${Number(last) + 1}-*`],
    });
    portion = next;
  }
  return members;
}

function isNumber(text: string): boolean {
  return text !== '*';
}

function push(map: Map<string, Group[]>, key: string, group: Group): void {
  const groups = map.get(key);
  if (groups) groups.push(group);
  else map.set(key, [group]);
}
