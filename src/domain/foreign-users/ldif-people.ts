/**
 * People and groups of a directory, from its LDIF.
 *
 * @module
 */
import { readForeignHash } from '../foreign-hash.ts';
import { writeList } from '../list-cell.ts';
import { isPasswordHash } from '../password-hash.ts';
import { addTo, type LdifEntry, parseLdif } from './ldif.ts';
import { countReasons, type ForeignReading, toCells } from './reading.ts';

const PEOPLE = /^(inetorgperson|person|organizationalperson|posixaccount|account|user)$/i;
const GROUPS = /^(groupofnames|groupofuniquenames|groupofmembers|posixgroup|group)$/i;

/** Entries that are neither people nor groups are passed over. */
export function readLdifPeople(text: string): ForeignReading {
  const entries = parseLdif(text);
  const members = readMemberships(entries.filter((entry) => isOf(entry, GROUPS)));
  const reasons: string[] = [];
  const people = entries
    // A machine of Active Directory is a user as well.
    .filter((entry) => isOf(entry, PEOPLE) && !isOf(entry, GROUPS) && !isOf(entry, /^computer$/i))
    .flatMap((entry) => {
      const username = one(entry, 'uid') ?? one(entry, 'samaccountname') ?? one(entry, 'mail');
      if (username === undefined) {
        reasons.push('entry without uid, sAMAccountName and mail: nobody could sign in with it');
        return [];
      }
      const cells = toCells({
        username,
        displayName: displayNameOf(entry),
        email: one(entry, 'mail'),
        groups: writeList(groupsOf(entry, username, members)),
        disabled: isDisabled(entry) ? 'yes' : undefined,
        passwordHash: hashOf(entry, reasons),
      });
      return [{ line: entry.line, cells }];
    });
  return { people, remarks: countReasons(reasons) };
}

function isOf({ values }: LdifEntry, kind: RegExp): boolean {
  return (values.get('objectclass') ?? []).some((name) => kind.test(name));
}

function one({ values }: LdifEntry, name: string): string | undefined {
  return values.get(name)?.[0];
}

function displayNameOf(entry: LdifEntry): string | undefined {
  const parts = [one(entry, 'givenname'), one(entry, 'sn')].filter((part) => part !== undefined);
  return one(entry, 'displayname') ?? one(entry, 'cn') ?? (parts.join(' ') || undefined);
}

/** Names of groups by the DN of a member, or by `uid:NAME` (RFC 2307's `memberUid`). */
function readMemberships(groups: readonly LdifEntry[]): Map<string, string[]> {
  const members = new Map<string, string[]>();
  for (const entry of groups) {
    const name = one(entry, 'cn') ?? firstName(entry.dn);
    if (name === undefined) continue;
    for (const attribute of ['member', 'uniquemember'])
      for (const dn of entry.values.get(attribute) ?? []) addTo(members, dn.toLowerCase(), name);
    for (const uid of entry.values.get('memberuid') ?? [])
      addTo(members, `uid:${uid.toLowerCase()}`, name);
  }
  return members;
}

function groupsOf(
  { dn, values }: LdifEntry,
  username: string,
  members: ReadonlyMap<string, readonly string[]>,
): string[] {
  const told = (values.get('memberof') ?? []).flatMap((group) => firstName(group) ?? []);
  const keys = [dn.toLowerCase(), `uid:${username.toLowerCase()}`];
  return [...new Set([...told, ...keys.flatMap((key) => members.get(key) ?? [])])];
}

/** The value of a DN's first part, escapes undone (RFC 4514): `CN=Chairs,OU=…` gives `Chairs`. */
function firstName(dn: string): string | undefined {
  const value = /^[^=,]+=((?:\\.|[^,\\+])+)/.exec(dn)?.[1];
  return value?.replaceAll(/\\([\dA-Fa-f]{2}|.)/g, (_all, escaped: string) =>
    /^[\dA-Fa-f]{2}$/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 16)) : escaped,
  );
}

/** The flags of Active Directory, OpenLDAP's password policy and 389 Directory Server. */
function isDisabled(entry: LdifEntry): boolean {
  const control = Number(one(entry, 'useraccountcontrol') ?? 0);
  return (
    (control & 2) !== 0 ||
    one(entry, 'pwdaccountlockedtime') !== undefined ||
    /^true$/i.test(one(entry, 'nsaccountlock') ?? '')
  );
}

function hashOf(entry: LdifEntry, reasons: string[]): string | undefined {
  const written = one(entry, 'userpassword');
  if (written === undefined) return undefined;
  const [, scheme = 'plain text', rest = ''] = /^\{([\w-]+)\}(.*)$/.exec(written) ?? [];
  if (/^(crypt|argon2|bcrypt)$/i.test(scheme) && (isPasswordHash(rest) || readForeignHash(rest)))
    return rest;
  reasons.push(`password kept as ${scheme}, which is not taken: that person needs a new one`);
  return undefined;
}
