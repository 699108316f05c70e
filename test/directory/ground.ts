/**
 * A directory with what directories have: odd names, circles of groups, locked people, pictures.
 *
 * @module
 */
import { createDirectory } from '../../src/directory/create-directory.ts';
import type { Directory, Reached } from '../../src/directory/directory.ts';
import type { LdapUpstream } from '../../src/domain/upstreams/upstream.ts';
import { toUpstream } from '../../src/domain/config-file/upstream-entry.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { frozenClock, NOW } from '../factories.ts';
import { BASE_DN, LDAP_HOST, SERVICE, type Slapd } from '../support/slapd.ts';

export const PEOPLE = `ou=people,${BASE_DN}`;
export const GROUPS = `ou=groups,${BASE_DN}`;

export interface LdapPerson {
  readonly uid: string;
  readonly password?: string;
  readonly more?: readonly string[];
}

export function personLdif({ uid, password = `${uid} password`, more = [] }: LdapPerson): string {
  return [
    `dn: uid=${escapeDn(uid)},${PEOPLE}`,
    'objectClass: inetOrgPerson',
    'objectClass: otherPerson',
    'objectClass: shadowAccount',
    `uid:: ${base64(uid)}`,
    `cn:: ${base64(uid)}`,
    'sn: Person',
    `userPassword:: ${base64(password)}`,
    ...more,
    '',
  ].join('\n');
}

export function groupLdif(name: string, members: readonly string[], attribute = 'member'): string {
  const kind = attribute === 'member' ? 'groupOfNames' : 'groupOfUniqueNames';
  return [
    `dn: ${groupDn(name)}`,
    `objectClass: ${kind}`,
    `cn: ${name}`,
    ...members.map((dn) => `${attribute}:: ${base64(dn)}`),
    '',
  ].join('\n');
}

export function personDn(uid: string): string {
  return `uid=${escapeDn(uid)},${PEOPLE}`;
}

export function groupDn(name: string): string {
  return `cn=${name},${GROUPS}`;
}

export function base64(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

function escapeDn(value: string): string {
  return value.replace(/[\\,+"<>;=#]/g, (special) => `\\${special}`);
}

export function anLdapUpstream(overrides: Partial<LdapUpstream> = {}): LdapUpstream {
  const entry = { slug: 'company', type: 'ldap', baseDn: BASE_DN } as const;
  const kept = { id: '5f0c6f2e-6a51-4f3c-9d5f-0b6b0f7a4e11', createdAt: NOW };
  const upstream = toUpstream(entry, kept);
  if (upstream.type !== 'ldap') throw new Error('no LDAP');
  return { ...upstream, bindDn: SERVICE.dn, ...overrides };
}

export const SECRETS = { secret: SERVICE.password, privateKey: undefined };

/** By StartTLS, with the right authority. */
export function reach(slapd: Slapd, overrides: Partial<LdapUpstream> = {}): Reached {
  const urls = [`ldap://${LDAP_HOST}:${slapd.port}`];
  return { upstream: anLdapUpstream({ urls, ca: slapd.ca, ...overrides }), secrets: SECRETS };
}

/** Every name leads to this machine. */
export function localDirectory(clock: Clock = frozenClock): Directory {
  return createDirectory({ clock, allowLoopback: true, resolve: async () => ['127.0.0.1'] });
}

/** A configuration file that names the directory. */
export function ldapConfig({ port, ca }: Slapd, more: object = {}): string {
  return JSON.stringify({
    upstreams: [
      {
        slug: 'company',
        type: 'ldap',
        urls: [`ldap://127.0.0.1:${port}`],
        ca,
        bindDn: SERVICE.dn,
        bindPassword: SERVICE.password,
        baseDn: BASE_DN,
        groups: 'claims.groups',
        ...more,
      },
    ],
  });
}
