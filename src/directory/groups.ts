/**
 * Which groups somebody is in, and which groups hold those.
 *
 * @module
 */
import { AndFilter, EqualityFilter, ExtensibleFilter, type Filter, OrFilter } from 'ldapts';
import { dnKey, isWithin } from '../domain/upstreams/ldap/dn.ts';
import { type DirectoryEntry, textOf, textsOf } from '../domain/upstreams/ldap/entry.ts';
import type { LdapUpstream } from '../domain/upstreams/upstream.ts';
import { readFilter } from './filters.ts';
import type { Session } from './session.ts';

export interface Group {
  readonly dn: string;
  readonly name: string;
}

/** Where memberships are read: in the directory, or in what was read of it before. */
export interface GroupSource {
  /** Groups that name the person, and those the person's entry names. */
  ofPerson(entry: DirectoryEntry): Promise<readonly Group[]>;
  ofGroups(groups: readonly Group[]): Promise<readonly Group[]>;
}

const DEPTH_MAX = 20;
export const GROUPS_MAX = 2000;
/** In one search. */
const AT_ONCE = 50;
/** LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS, section 3.1.1.3.4.4.3). */
const IN_CHAIN = '1.2.840.113556.1.4.1941';

type GroupSettings = Pick<
  LdapUpstream,
  'directory' | 'groupBaseDn' | 'groupFilter' | 'groupNameAttribute' | 'nestedGroups'
>;

/** Names without repetition, sorted. Circles end where they began. */
export async function groupNames(
  source: GroupSource,
  { nestedGroups }: Pick<GroupSettings, 'nestedGroups'>,
  entry: DirectoryEntry,
): Promise<readonly string[]> {
  const found = new Map<string, Group>();
  let level = await source.ofPerson(entry);
  for (let depth = 0; depth < DEPTH_MAX && found.size < GROUPS_MAX; depth++) {
    const fresh = level.filter(({ dn }) => !found.has(dnKey(dn)));
    for (const group of fresh) found.set(dnKey(group.dn), group);
    if (!nestedGroups || fresh.length === 0) break;
    level = await source.ofGroups(fresh);
  }
  return [...new Set([...found.values()].map(({ name }) => name))].sort();
}

export function toGroup(
  { groupNameAttribute }: Pick<GroupSettings, 'groupNameAttribute'>,
  entry: DirectoryEntry,
): readonly Group[] {
  const name = textOf(entry, groupNameAttribute);
  return name === undefined ? [] : [{ dn: entry.dn, name }];
}

/** Asks the directory: for one person. */
export function searchedGroups(session: Session, settings: GroupSettings): GroupSource {
  const { directory, groupBaseDn, groupNameAttribute, nestedGroups } = settings;
  const isGroup = readFilter(settings.groupFilter);

  const search = async (baseDn: string, scope: 'base' | 'sub', filter: Filter | undefined) => {
    const entries = await session.search({
      baseDn,
      scope,
      filter: filter ? new AndFilter({ filters: [isGroup, filter] }) : isGroup,
      attributes: [groupNameAttribute],
      ...(scope === 'base' ? {} : { sizeLimit: GROUPS_MAX }),
    });
    return entries.flatMap((entry) => toGroup(settings, entry));
  };

  /** Groups that others hide, or that were removed a moment ago, are not there. */
  const named = async (dns: readonly string[]) => {
    const groups = [];
    for (const dn of dns.slice(0, GROUPS_MAX))
      groups.push(...(await search(dn, 'base', undefined).catch(() => [])));
    return groups;
  };

  return {
    async ofPerson(entry) {
      if (directory === 'active_directory')
        return search(groupBaseDn, 'sub', inActiveDirectory(entry.dn, nestedGroups));
      const uids = textsOf(entry, 'uid').map((value) => equality('memberUid', value));
      const groups = await search(
        groupBaseDn,
        'sub',
        new OrFilter({ filters: [...holding(entry.dn), ...uids] }),
      );
      const known = new Set(groups.map(({ dn }) => dnKey(dn)));
      const more = textsOf(entry, 'memberOf').filter(
        (dn) => isWithin(dn, groupBaseDn) && !known.has(dnKey(dn)),
      );
      return [...groups, ...(await named(more))];
    },

    async ofGroups(groups) {
      // The directory has told all at once.
      if (directory === 'active_directory') return [];
      const found: Group[] = [];
      for (let from = 0; from < groups.length; from += AT_ONCE) {
        const filters = groups.slice(from, from + AT_ONCE).flatMap(({ dn }) => holding(dn));
        found.push(...(await search(groupBaseDn, 'sub', new OrFilter({ filters }))));
      }
      return found;
    },
  };
}

function inActiveDirectory(dn: string, isNested: boolean): Filter {
  if (!isNested) return equality('member', dn);
  return new ExtensibleFilter({ matchType: 'member', rule: IN_CHAIN, value: dn });
}

function holding(dn: string): readonly Filter[] {
  return [equality('member', dn), equality('uniqueMember', dn)];
}

function equality(attribute: string, value: string): Filter {
  return new EqualityFilter({ attribute, value });
}
