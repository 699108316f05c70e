/**
 * What an operator writes into a Jitsi server so that it takes an issuer's tokens: exact lines for
 * docker-jitsi-meet and for Debian packages, for shared secrets (HS) and for ASAP keys (RS).
 *
 * Sources: docker-jitsi-meet's `prosody` and `jicofo` templates, jitsi-meet's `config.js` and
 * Prosody plugins. Words are the page's: a note is a code.
 *
 * @module
 */
import { type HsAlgorithm, type Issuer, isHs, type RsAlgorithm } from './issuer.ts';
import { MAIN_SLUG } from './slug.ts';

export type GuideNote =
  | 'sign_in_on'
  | 'app_id'
  | 'algorithm'
  | 'secret'
  | 'secret_mode_excludes_keys'
  | 'key_server'
  | 'key_list'
  | 'accepted_issuers'
  | 'accepted_audiences'
  | 'empty_tokens'
  | 'domain_verification'
  | 'token_address'
  | 'logout_address'
  | 'jicofo_auth_off'
  | 'auto_owner_off'
  | 'token_affiliation'
  | 'token_verification'
  | 'room_creation';

export interface GuideLine {
  readonly text: string;
  readonly note?: GuideNote;
}

export interface GuideBlock {
  readonly id: 'env' | 'custom_config' | 'prosody' | 'jicofo' | 'config_js';
  /** Where the lines belong. */
  readonly file: string;
  readonly lines: readonly GuideLine[];
}

export interface GuideVariant {
  readonly id: 'docker_rs' | 'debian_rs' | 'docker_hs' | 'debian_hs';
  /** Whether the issuer is set up this way now. The others need `algorithm` changed first. */
  readonly current: boolean;
  readonly blocks: readonly GuideBlock[];
}

/** Stands where the operator's own secret belongs: we show none, on any page. */
export const SECRET_PLACEHOLDER = '<the secret of this issuer>';

interface Facts {
  readonly issuer: Issuer;
  readonly algorithm: HsAlgorithm | RsAlgorithm;
  /** `https://auth.example.org/jitsi` or `…/jitsi/{slug}`. */
  readonly base: string;
  /** The Jitsi server's host name. */
  readonly host: string;
  readonly verifyDomain: boolean;
}

/** The variants for an issuer, those that fit its algorithm first. @param publicUrl Our origin. */
export function buildIntegrationGuide(issuer: Issuer, publicUrl: URL): readonly GuideVariant[] {
  const hs = isHs(issuer.algorithm);
  const path = issuer.slug === MAIN_SLUG ? '/jitsi' : `/jitsi/${issuer.slug}`;
  const shared = {
    issuer,
    base: `${publicUrl.origin}${path}`,
    host: issuer.serverUrl ? new URL(issuer.serverUrl).hostname : 'meet.example.org',
    verifyDomain: issuer.sub === 'tenant',
  };
  const rs: Facts = { ...shared, algorithm: isHs(issuer.algorithm) ? 'RS256' : issuer.algorithm };
  const secret: Facts = { ...shared, algorithm: hs ? issuer.algorithm : 'HS256' };

  const variants: GuideVariant[] = [
    { id: 'docker_rs', current: !hs, blocks: docker(rs) },
    { id: 'debian_rs', current: !hs, blocks: debian(rs) },
    { id: 'docker_hs', current: hs, blocks: docker(secret) },
    { id: 'debian_hs', current: hs, blocks: debian(secret) },
  ];
  return variants.sort((a, b) => Number(b.current) - Number(a.current));
}

function docker(facts: Facts): GuideBlock[] {
  const { issuer, algorithm, base, verifyDomain } = facts;
  const keys: GuideLine[] = isHs(algorithm)
    ? [
        { text: `JWT_APP_SECRET=${SECRET_PLACEHOLDER}`, note: 'secret' },
        { text: 'JWT_ASAP_KEYSERVER=', note: 'secret_mode_excludes_keys' },
      ]
    : [{ text: `JWT_ASAP_KEYSERVER=${base}/asap`, note: 'key_server' }];

  const lines: GuideLine[] = [
    { text: 'ENABLE_AUTH=1', note: 'sign_in_on' },
    { text: 'AUTH_TYPE=jwt' },
    { text: `JWT_APP_ID=${issuer.appId}`, note: 'app_id' },
    { text: `JWT_SIGN_TYPE=${algorithm}`, note: 'algorithm' },
    ...keys,
    { text: `JWT_ACCEPTED_ISSUERS=${issuer.iss}`, note: 'accepted_issuers' },
    { text: `JWT_ACCEPTED_AUDIENCES=${issuer.appId}`, note: 'accepted_audiences' },
    { text: 'JWT_ALLOW_EMPTY=0', note: 'empty_tokens' },
    { text: `JWT_ENABLE_DOMAIN_VERIFICATION=${verifyDomain}`, note: 'domain_verification' },
    { text: `TOKEN_AUTH_URL=${tokenAuthUrl(base)}`, note: 'token_address' },
    { text: 'JICOFO_ENABLE_AUTH=0', note: 'jicofo_auth_off' },
    { text: 'ENABLE_AUTO_OWNER=0', note: 'auto_owner_off' },
    { text: 'XMPP_MUC_MODULES=token_affiliation', note: 'token_affiliation' },
  ];
  return [
    { id: 'env', file: '.env', lines },
    { id: 'custom_config', file: '~/.jitsi-meet-cfg/web/custom-config.js', lines: [logout(base)] },
  ];
}

function debian(facts: Facts): GuideBlock[] {
  const { issuer, algorithm, base, host, verifyDomain } = facts;
  const keys: GuideLine[] = isHs(algorithm)
    ? [{ text: `    app_secret = ${lua(SECRET_PLACEHOLDER)}`, note: 'secret' }]
    : [
        { text: `    asap_key_server = ${lua(`${base}/asap`)}`, note: 'key_server' },
        { text: `    cache_keys_url = ${lua(`${base}/jwks.json`)}`, note: 'key_list' },
      ];

  return [
    {
      id: 'prosody',
      file: `/etc/prosody/conf.avail/${host}.cfg.lua`,
      lines: [
        { text: `asap_accepted_issuers = { ${lua(issuer.iss)} }`, note: 'accepted_issuers' },
        { text: `asap_accepted_audiences = { ${lua(issuer.appId)} }`, note: 'accepted_audiences' },
        { text: '' },
        { text: `VirtualHost ${lua(host)}` },
        { text: '    authentication = "token"', note: 'sign_in_on' },
        { text: `    app_id = ${lua(issuer.appId)}`, note: 'app_id' },
        ...keys,
        { text: `    signature_algorithm = ${lua(algorithm)}`, note: 'algorithm' },
        { text: '    allow_empty_token = false', note: 'empty_tokens' },
        { text: `    enable_domain_verification = ${verifyDomain}`, note: 'domain_verification' },
        { text: '' },
        { text: `Component ${lua(`conference.${host}`)} "muc"` },
        { text: '    restrict_room_creation = true', note: 'room_creation' },
        { text: '    modules_enabled = {' },
        { text: '        "token_verification";', note: 'token_verification' },
        { text: '        "token_affiliation";', note: 'token_affiliation' },
        { text: '    }' },
      ],
    },
    {
      id: 'jicofo',
      file: '/etc/jitsi/jicofo/jicofo.conf',
      lines: [
        { text: 'jicofo {' },
        { text: '  authentication { enabled = false }', note: 'jicofo_auth_off' },
        { text: '  conference { enable-auto-owner = false }', note: 'auto_owner_off' },
        { text: '}' },
      ],
    },
    {
      id: 'config_js',
      file: `/etc/jitsi/meet/${host}-config.js`,
      lines: [
        { text: `config.tokenAuthUrl = ${js(tokenAuthUrl(base))};`, note: 'token_address' },
        logout(base),
      ],
    },
  ];
}

/** Jitsi fills `{room}` and `{state}` in. */
function tokenAuthUrl(base: string): string {
  return `${base}/login?room={room}&state={state}`;
}

function logout(base: string): GuideLine {
  return { text: `config.tokenLogoutUrl = ${js(`${base}/logout`)};`, note: 'logout_address' };
}

/** A Lua string literal. */
function lua(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** A JavaScript string literal; `<` is spelled out so that it can stand in a page. */
function js(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
