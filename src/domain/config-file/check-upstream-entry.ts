/**
 * What the shape of an upstream's entry cannot say: what its type needs, addresses, filters, keys.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import { isLocalHost } from '../local-host.ts';
import { compileUpstream } from '../upstreams/compile-upstream.ts';
import type { Upstream, UpstreamSecrets } from '../upstreams/upstream.ts';
import { type FileMistake, type FilePath, wrongValue } from './mistake.ts';
import type { Placed } from './schema.ts';
import { neededSecrets, secretsOf, toUpstream } from './upstream-entry.ts';
import { KEYS_OF_TYPE, type UpstreamEntry } from './upstream-schema.ts';

const KEPT = { id: '', createdAt: new Date(0) };

export function checkUpstreamEntry({ index, entry }: Placed<UpstreamEntry>): FileMistake[] {
  const at = ['upstreams', index];
  const other = entry.type === 'oidc' ? 'ldap' : 'oidc';
  const foreign = KEYS_OF_TYPE[other].filter((key) => entry[key] !== undefined);
  const domains = (entry.emailDomains ?? []).flatMap((domain, nth) =>
    /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain)
      ? []
      : [wrongValue([...at, 'emailDomains', nth], faultText('email_domain'))],
  );
  return [
    ...foreign.map((key) =>
      wrongValue([...at, key], faultText('upstream_other_type', { type: other })),
    ),
    ...domains,
    ...checkExpressions(entry, at),
    ...(entry.type === 'oidc' ? checkOidc(entry, at) : checkLdap(entry, at)),
  ];
}

function checkExpressions(entry: UpstreamEntry, at: FilePath): FileMistake[] {
  const compilation = compileUpstream(toUpstream(entry, KEPT));
  if (compilation.ok) return [];
  return compilation.errors.map(({ path, message, hint, start }) => {
    const dot = path.indexOf('.');
    const steps = dot < 0 ? [path] : [path.slice(0, dot), path.slice(dot + 1)];
    return { path: [...at, ...steps], message, hint, about: 'value', offset: start };
  });
}

/** What two upstreams cannot have both. */
export function checkUpstreamNeighbours(
  { index, entry }: Placed<UpstreamEntry>,
  others: readonly Upstream[],
): FileMistake[] {
  const at = ['upstreams', index];
  const own = toUpstream(entry, KEPT);
  return others.flatMap((other) => {
    const { slug } = other;
    const domains = own.emailDomains.flatMap((domain, nth) =>
      other.emailDomains.includes(domain)
        ? [wrongValue([...at, 'emailDomains', nth], faultText('email_domain_taken', { slug }))]
        : [],
    );
    const isTaken =
      own.type === 'oidc' &&
      other.type === 'oidc' &&
      own.callback !== undefined &&
      own.callback === other.callback;
    if (!isTaken) return domains;
    return [...domains, wrongValue([...at, 'callback'], faultText('callback_taken', { slug }))];
  });
}

/**
 * Whether secrets that are needed are neither given nor `known`.
 *
 * @param former Those there were, for another address perhaps.
 */
export function checkUpstreamSecrets(
  { index, entry }: Placed<UpstreamEntry>,
  known: Partial<UpstreamSecrets>,
  former: Partial<UpstreamSecrets>,
): FileMistake[] {
  const secrets = secretsOf(entry);
  const names = { secret: entry.type === 'oidc' ? 'clientSecret' : 'bindPassword' } as const;
  return neededSecrets(toUpstream(entry, KEPT)).flatMap((kind) => {
    const key = kind === 'secret' ? names.secret : 'privateKey';
    if (secrets[kind] !== undefined || known[kind] !== undefined) return [];
    // A file that cannot be read was told of already.
    if (entry[`${key}File`] !== undefined) return [];
    const hasMoved = former[kind] !== undefined;
    const hint = hasMoved ? faultText('hint_secret_moved') : faultText('hint_secret_file', { key });
    return [wrongValue(['upstreams', index], faultText('secret_wanted', { key }), hint)];
  });
}

function checkOidc(entry: UpstreamEntry, at: FilePath): FileMistake[] {
  const mistakes = required(entry, ['issuerUrl', 'clientId'], at);
  const wrong = (key: FilePath, text: string, hint?: string) =>
    mistakes.push(wrongValue([...at, ...key], text, hint));

  const issuer = entry.issuerUrl;
  if (issuer !== undefined && !(isFetchable(issuer) && !/[?#]/.test(issuer)))
    wrong(['issuerUrl'], faultText('issuer_url'));
  for (const [name, address] of Object.entries(entry.endpoints ?? {}))
    if (address !== undefined && !isFetchable(address))
      wrong(['endpoints', name], faultText('https_address'));
  if (entry.scopes && !entry.scopes.includes('openid'))
    wrong(['scopes'], faultText('openid_scope'));

  const upstream = toUpstream(entry, KEPT);
  const needed = neededSecrets(upstream);
  const auth = upstream.type === 'oidc' ? upstream.auth : 'none';
  if (entry.clientSecret !== undefined && !needed.includes('secret'))
    wrong(['clientSecret'], faultText('secret_unused', { auth }));
  if (entry.privateKey !== undefined && !needed.includes('privateKey'))
    wrong(['privateKey'], faultText('secret_unused', { auth }));
  if (entry.privateKey !== undefined && !/^-----BEGIN PRIVATE KEY-----\s/.test(entry.privateKey))
    wrong(['privateKey'], faultText('private_key_pem'));
  return mistakes;
}

function checkLdap(entry: UpstreamEntry, at: FilePath): FileMistake[] {
  const mistakes = required(entry, ['urls', 'baseDn'], at);
  const wrong = (key: FilePath, text: string) => mistakes.push(wrongValue([...at, ...key], text));

  if (entry.urls?.length === 0) wrong(['urls'], faultText('addresses_empty'));
  for (const [nth, url] of entry.urls?.entries() ?? [])
    if (!/^ldaps?:\/\/[^/?#@\s]+\/?$/i.test(url) || !URL.canParse(url))
      wrong(['urls', nth], faultText('ldap_url'));
  for (const key of ['userFilter', 'peopleFilter', 'groupFilter'] as const) {
    const filter = entry[key];
    if (filter !== undefined && !isBracketed(filter)) wrong([key], faultText('filter_shape'));
  }
  if (entry.userFilter !== undefined && !entry.userFilter.includes('{login}'))
    wrong(['userFilter'], faultText('filter_login', { placeholder: '{login}' }));
  for (const key of ['baseDn', 'groupBaseDn', 'bindDn'] as const) {
    const isUserName = key === 'bindDn' && entry[key]?.includes('@');
    if (entry[key] !== undefined && !isUserName && !/^[\w.-]+\s*=/.test(entry[key]))
      wrong([key], faultText('dn_shape'));
  }
  if (entry.ca !== undefined && !/-----BEGIN CERTIFICATE-----[\s\S]+-----END/.test(entry.ca))
    wrong(['ca'], faultText('ca_pem'));
  return mistakes;
}

/** In brackets as a whole, each of them closed; those of values are written `\28` and `\29`. */
function isBracketed(filter: string): boolean {
  const bare = filter.replaceAll(/[^()]/g, '');
  const inner = bare.slice(1, -1);
  const closes = Array.from(inner).reduce(
    (open, one) => (open < 0 ? open : open + (one === '(' ? 1 : -1)),
    0,
  );
  return /^\(.*\)$/.test(filter) && closes === 0;
}

function required(
  entry: UpstreamEntry,
  keys: readonly (keyof UpstreamEntry)[],
  at: FilePath,
): FileMistake[] {
  return keys
    .filter((key) => entry[key] === undefined)
    .map((key) => wrongValue(at, faultText('required', { name: key })));
}

/** Plain http only on this very machine, where nobody listens in. */
export function isFetchable(address: string): boolean {
  const url = URL.parse(address);
  if (!url || url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocalHost(url));
}
