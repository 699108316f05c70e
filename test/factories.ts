/**
 * Valid things with sensible defaults. A test names only what it is about.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../src/domain/clock.ts';
import { DEFAULT_MAPPING, type Issuer } from '../src/domain/issuer.ts';
import type { Assertion, LdapUpstream, OidcUpstream } from '../src/domain/upstreams/upstream.ts';
import type { User } from '../src/domain/user.ts';

/** 2026-01-05T09:00:00Z, a Monday. Tests run at this instant unless they move time themselves. */
export const NOW = new Date('2026-01-05T09:00:00Z');
export const frozenClock: Clock = { now: () => NOW };

/** A clock that stands still until it is told to move. */
export function movableClock(start: Date = NOW): Clock & { advance(seconds: number): void } {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}

export function aUser(overrides: Partial<User> = {}): User {
  return {
    id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10',
    username: 'ada',
    displayName: 'Ada Lovelace',
    email: 'ada@example.org',
    avatarUrl: undefined,
    language: undefined,
    attributes: {},
    source: 'local',
    role: undefined,
    groups: ['staff'],
    disabledAt: undefined,
    createdAt: NOW,
    ...overrides,
  };
}

export function anIssuer(overrides: Partial<Issuer> = {}): Issuer {
  return {
    id: randomUUID(),
    slug: 'main',
    name: 'Meetings',
    serverUrl: 'https://meet.example.org/',
    iss: 'https://auth.example.org/',
    appId: 'jitsi',
    sub: '*',
    xmppDomain: undefined,
    algorithm: 'RS256',
    rsaBits: 2048,
    keyRotationDays: undefined,
    tokenTtlSeconds: 300,
    nbfSkewSeconds: 10,
    delivery: 'query',
    skipPrejoin: true,
    anyRoom: false,
    useRule: '1',
    moderatorRule: undefined,
    features: undefined,
    lobbyBypass: undefined,
    mapping: DEFAULT_MAPPING,
    extraClaims: {},
    group: undefined,
    rooms: [],
    clients: [],
    weakSecret: false,
    createdAt: NOW,
    ...overrides,
  };
}

/** What upstreams of every type have. */
const plainUpstream = () => ({
  id: randomUUID(),
  disabled: false,
  emailDomains: [],
  createRule: '1',
  trusted: false,
  mapping: {},
  attributes: undefined,
  groups: undefined,
  avatars: 'link' as const,
  createdAt: NOW,
});

export function anOidcUpstream(overrides: Partial<OidcUpstream> = {}): OidcUpstream {
  return {
    ...plainUpstream(),
    slug: 'company',
    name: 'Company',
    type: 'oidc',
    issuerUrl: 'https://id.example.com',
    endpoints: undefined,
    clientId: 'roomkey',
    auth: 'client_secret_basic',
    scopes: ['openid', 'profile', 'email'],
    acrValues: [],
    prompt: undefined,
    audiences: [],
    quirks: [],
    signOut: false,
    callback: undefined,
    ...overrides,
  };
}

export function anLdapUpstream(overrides: Partial<LdapUpstream> = {}): LdapUpstream {
  return {
    ...plainUpstream(),
    slug: 'directory',
    name: 'Directory',
    type: 'ldap',
    directory: 'openldap',
    urls: ['ldaps://ldap.example.com'],
    security: 'starttls',
    ca: undefined,
    bindDn: undefined,
    baseDn: 'dc=example,dc=com',
    userFilter: '(uid={login})',
    peopleFilter: '(objectClass=inetOrgPerson)',
    subjectAttribute: 'entryUUID',
    groupBaseDn: 'dc=example,dc=com',
    groupFilter: '(objectClass=groupOfNames)',
    groupNameAttribute: 'cn',
    nestedGroups: true,
    pictureAttribute: undefined,
    timeoutSeconds: 5,
    pageSize: 500,
    syncMinutes: undefined,
    ...overrides,
  };
}

export function anAssertion(overrides: Partial<Assertion> = {}): Assertion {
  return {
    subject: 'subject-1',
    claims: { preferred_username: 'grace', name: 'Grace Hopper', email: 'grace@example.com' },
    disabled: false,
    mfa: false,
    picture: undefined,
    ...overrides,
  };
}
