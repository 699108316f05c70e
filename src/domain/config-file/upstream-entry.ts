/**
 * Upstreams between their two forms: as the file declares them, and as they are remembered.
 *
 * @module
 */
import type {
  Directory,
  LdapUpstream,
  OidcUpstream,
  Upstream,
  UpstreamSecrets,
} from '../upstreams/upstream.ts';
import type { UpstreamEntry } from './upstream-schema.ts';

/** What is made with an upstream and kept afterwards. */
export type KeptOfUpstream = Pick<Upstream, 'id' | 'createdAt'>;

const OIDC_DEFAULTS = {
  endpoints: undefined,
  scopes: ['openid', 'profile', 'email'],
  acrValues: [],
  prompt: undefined,
  audiences: [],
  quirks: [],
  signOut: false,
  callback: undefined,
} as const satisfies Partial<OidcUpstream>;

const LDAP_DEFAULTS = {
  security: 'starttls',
  ca: undefined,
  bindDn: undefined,
  nestedGroups: true,
  pictureAttribute: undefined,
  timeoutSeconds: 5,
  pageSize: 500,
  syncMinutes: undefined,
} as const satisfies Partial<LdapUpstream>;

/** What differs between directories. */
const DIRECTORY_DEFAULTS: Readonly<
  Record<
    Directory,
    Pick<
      LdapUpstream,
      'userFilter' | 'peopleFilter' | 'subjectAttribute' | 'groupFilter' | 'groupNameAttribute'
    >
  >
> = {
  openldap: {
    userFilter: '(&(objectClass=person)(|(uid={login})(mail={login})))',
    peopleFilter: '(&(objectClass=person)(uid=*))',
    subjectAttribute: 'entryUUID',
    groupFilter:
      '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))',
    groupNameAttribute: 'cn',
  },
  active_directory: {
    userFilter:
      '(&(objectCategory=person)(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})(mail={login})))',
    peopleFilter: '(&(objectCategory=person)(objectClass=user)(sAMAccountName=*))',
    subjectAttribute: 'objectGUID',
    groupFilter: '(objectClass=group)',
    groupNameAttribute: 'cn',
  },
};

/** The upstream as the file says it: what it leaves out has the default of its type. */
export function toUpstream(entry: UpstreamEntry, kept: KeptOfUpstream): Upstream {
  const traits = {
    ...kept,
    slug: entry.slug,
    name: entry.name ?? entry.slug,
    disabled: entry.disabled ?? false,
    emailDomains: (entry.emailDomains ?? []).map((domain) => domain.toLowerCase()),
    createRule: entry.createRule ?? '1',
    trusted: entry.trusted ?? false,
    mapping: entry.mapping ?? {},
    attributes: entry.attributes,
    groups: entry.groups,
    avatars: entry.avatars ?? 'link',
  } as const;
  return entry.type === 'oidc'
    ? { ...traits, type: 'oidc', ...toOidc(entry) }
    : { ...traits, type: 'ldap', ...toLdap(entry) };
}

function toOidc(entry: UpstreamEntry) {
  return {
    ...OIDC_DEFAULTS,
    ...given(entry, Object.keys(OIDC_DEFAULTS) as (keyof typeof OIDC_DEFAULTS)[]),
    issuerUrl: entry.issuerUrl ?? '',
    clientId: entry.clientId ?? '',
    auth: entry.auth ?? defaultAuth(entry),
  };
}

/** Who has a secret proves it in the header, as OpenID Connect assumes. */
function defaultAuth({
  privateKey,
  privateKeyFile,
  clientSecret,
  clientSecretFile,
}: UpstreamEntry) {
  if (privateKey !== undefined || privateKeyFile !== undefined) return 'private_key_jwt';
  return clientSecret === undefined && clientSecretFile === undefined
    ? 'none'
    : 'client_secret_basic';
}

function toLdap(entry: UpstreamEntry) {
  const directory = entry.directory ?? 'openldap';
  const baseDn = entry.baseDn ?? '';
  const preset = DIRECTORY_DEFAULTS[directory];
  return {
    ...LDAP_DEFAULTS,
    ...preset,
    ...given(entry, [
      ...(Object.keys(LDAP_DEFAULTS) as (keyof typeof LDAP_DEFAULTS)[]),
      ...(Object.keys(preset) as (keyof typeof preset)[]),
    ]),
    directory,
    urls: entry.urls ?? [],
    baseDn,
    groupBaseDn: entry.groupBaseDn ?? baseDn,
  };
}

/** The shortest entry that stands for this upstream; its secrets are left out. */
export function fromUpstream(upstream: Upstream): UpstreamEntry {
  const { slug, type, name, disabled, emailDomains, createRule, trusted } = upstream;
  const { mapping, attributes, groups, avatars } = upstream;
  return {
    slug,
    type,
    ...(name === slug ? {} : { name }),
    ...(disabled ? { disabled } : {}),
    ...(upstream.type === 'oidc' ? fromOidc(upstream) : fromLdap(upstream)),
    ...(emailDomains.length > 0 ? { emailDomains: [...emailDomains] } : {}),
    ...(createRule === '1' ? {} : { createRule }),
    ...(trusted ? { trusted } : {}),
    ...(Object.keys(mapping).length > 0 ? { mapping: { ...mapping } } : {}),
    ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
    ...(groups === undefined ? {} : { groups }),
    ...(avatars === 'link' ? {} : { avatars }),
  };
}

function fromOidc(upstream: OidcUpstream): Partial<UpstreamEntry> {
  const { issuerUrl, clientId, auth } = upstream;
  return { issuerUrl, clientId, auth, ...different(upstream, OIDC_DEFAULTS) };
}

function fromLdap(upstream: LdapUpstream): Partial<UpstreamEntry> {
  const { directory, urls, baseDn, groupBaseDn } = upstream;
  const preset = { ...LDAP_DEFAULTS, ...DIRECTORY_DEFAULTS[directory] };
  return {
    directory,
    urls: [...urls],
    baseDn,
    ...(groupBaseDn === baseDn ? {} : { groupBaseDn }),
    ...different(upstream, preset),
  };
}

/** All that can be declared, defaults too, by the names of the file: for a difference. */
export function describeUpstream(upstream: Upstream): object {
  const { id: _id, createdAt: _at, ...same } = upstream;
  return same;
}

/** The secrets the file gives; `undefined` keeps the one there is. */
export function secretsOf(entry: UpstreamEntry): UpstreamSecrets {
  return {
    secret: entry.type === 'oidc' ? entry.clientSecret : entry.bindPassword,
    privateKey: entry.type === 'oidc' ? entry.privateKey : undefined,
  };
}

/** Which secrets its way of proving itself needs. */
export function neededSecrets(upstream: Upstream): readonly (keyof UpstreamSecrets)[] {
  if (upstream.type === 'ldap') return upstream.bindDn === undefined ? [] : ['secret'];
  if (upstream.auth === 'none') return [];
  return upstream.auth === 'private_key_jwt' ? ['privateKey'] : ['secret'];
}

function given<Key extends keyof UpstreamEntry>(entry: UpstreamEntry, keys: readonly Key[]) {
  const present = keys.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]]));
  return Object.fromEntries(present) as { [K in Key]?: NonNullable<UpstreamEntry[K]> };
}

/** What stands otherwise than by default. */
function different(upstream: Upstream, defaults: object): Readonly<Record<string, unknown>> {
  const usual = new Map<string, unknown>(Object.entries(defaults));
  const own = Object.entries(upstream).filter(
    ([key, value]) => usual.has(key) && JSON.stringify(value) !== JSON.stringify(usual.get(key)),
  );
  return Object.fromEntries(own);
}
