/**
 * Whether the settings of a Jitsi server's web client send people to this issuer, and back.
 *
 * @module
 */
import { factsOf } from '../integration/facts.ts';
import { usualChoice } from '../integration/guide.ts';
import type { Issuer } from '../issuer.ts';
import { MAIN_SLUG } from '../slug.ts';
import type { JitsiSettings } from './config-js.ts';
import { finding, type JitsiFinding } from './finding.ts';

const SIGN_IN = ['TOKEN_AUTH_URL', 'config.tokenAuthUrl'];
const SIGN_OUT = ['config.tokenLogoutUrl'];

/** @param publicUrl Our origin. */
export function judgeConfig(
  settings: JitsiSettings,
  issuer: Issuer,
  publicUrl: URL,
): JitsiFinding[] {
  const { addresses, host } = factsOf(issuer, publicUrl, usualChoice(issuer));
  return [
    ...judgeSignIn(settings, { issuer, publicUrl, expected: addresses.login }),
    ...judgeSignOut(settings, addresses.logout),
    ...judgeGuests(settings),
    ...judgeTenants(settings, issuer, host),
  ];
}

interface SignIn {
  readonly issuer: Issuer;
  readonly publicUrl: URL;
  readonly expected: string;
}

function judgeSignIn(settings: JitsiSettings, signIn: SignIn): JitsiFinding[] {
  const { expected } = signIn;
  const findings: JitsiFinding[] = [];
  const found = settings.get('tokenAuthUrl');
  if (!settings.has('tokenAuthUrl') || found === '' || found === false)
    findings.push(finding('sign_in_missing', { expected }, SIGN_IN));
  else if (typeof found !== 'string')
    findings.push(finding('sign_in_computed', { expected }, SIGN_IN));
  else findings.push(judgeAddress(found, signIn));
  if (settings.get('tokenAuthInline') === true)
    findings.push(finding('sign_in_inline', {}, ['config.tokenAuthInline']));
  return findings;
}

function judgeAddress(found: string, { issuer, publicUrl, expected }: SignIn): JitsiFinding {
  const values = { found, expected };
  const address = URL.parse(found);
  const wanted = new URL(expected);
  const isMain = issuer.slug === MAIN_SLUG;
  const paths = [wanted.pathname, ...(isMain ? [`/jitsi/${MAIN_SLUG}/login`] : [])];
  if (address?.origin !== publicUrl.origin) return finding('sign_in_elsewhere', values, SIGN_IN);
  if (isMain && isBridge(address)) return finding('sign_in_by_bridge', values);
  if (!paths.includes(address.pathname)) return finding('sign_in_elsewhere', values, SIGN_IN);
  const [hasRoom, hasState] = ['{room}', '{state}'].map((part) => found.includes(part));
  if (!hasRoom && !hasState) return finding('sign_in_without_room', values, SIGN_IN);
  if (!hasState) return finding('sign_in_without_state', values, SIGN_IN);
  return finding('sign_in_right', values);
}

/** Addresses of the bridges we answer like our own, with a place for the room. */
function isBridge({ pathname, href }: URL): boolean {
  const decoded = decode(href);
  if (pathname === '/oidc/auth' || pathname === '/authenticate')
    return decoded.includes('{room}') || decoded.includes('{state}');
  return /^\/room\/\{room\}$/.test(decode(pathname));
}

function decode(text: string): string {
  return text.replaceAll('%7B', '{').replaceAll('%7D', '}');
}

function judgeSignOut(settings: JitsiSettings, expected: string): JitsiFinding[] {
  const found = settings.get('tokenLogoutUrl');
  if (!settings.has('tokenLogoutUrl') || found === '' || found === false)
    return [finding('sign_out_missing', { expected }, SIGN_OUT)];
  if (found === expected) return [finding('sign_out_right', { expected })];
  // What is computed may be right: it is left alone.
  if (typeof found !== 'string') return [];
  return [finding('sign_out_elsewhere', { found, expected }, SIGN_OUT)];
}

function judgeGuests(settings: JitsiSettings): JitsiFinding[] {
  const found = settings.get('hosts.anonymousdomain');
  if (typeof found !== 'string' || found === '') return [finding('guests_off')];
  return [finding('guests_on', { found }, ['XMPP_MUC_MODULES', 'muc_wait_for_host'])];
}

/** Only with tenants is the domain compared, and only then do we write it into tokens. */
function judgeTenants(
  settings: JitsiSettings,
  { sub, xmppDomain }: Issuer,
  host: string,
): JitsiFinding[] {
  if (sub !== 'tenant') return [];
  const findings: JitsiFinding[] = [];
  const found = settings.get('hosts.domain');
  const expected = xmppDomain ?? host;
  if (typeof found === 'string' && found.toLowerCase() !== expected.toLowerCase())
    findings.push(finding('domain_differs', { found, expected }, ['xmppDomain']));
  if (settings.get('tokenRespectTenant') === true)
    findings.push(finding('tenant_respected', {}, ['config.tokenRespectTenant']));
  return findings;
}
