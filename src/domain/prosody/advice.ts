/**
 * What is usually behind a line of the verdict that failed, and the settings that change it.
 *
 * Names of settings: docker-jitsi-meet's `.env`, Prosody's options as jitsi-meet's token plugin
 * reads them, and ours in the configuration file.
 *
 * @module
 */
import type { CheckName } from './finding.ts';

export interface Settings {
  readonly docker: readonly string[];
  readonly prosody: readonly string[];
  readonly roomkey: readonly string[];
}

/** What else is known of the token, beside what Prosody sees. */
export interface TokenOrigin {
  /** Of the key that the kid names, if it is one of ours. */
  readonly keyStage: 'served' | 'retired' | 'unknown';
  /** Whether kid or signature are those of another issuer than the one that is asked. */
  readonly otherIssuer: boolean;
  readonly header: { readonly alg: string | undefined };
  readonly expected: { readonly alg: string };
}

export const CAUSES = [
  'size',
  'format',
  'typ',
  'alg',
  'alg_family',
  'kid',
  'key',
  'key_retired',
  'key_other_issuer',
  'signature',
  'signature_other_issuer',
  'exp',
  'nbf',
  'iss',
  'aud',
  'context',
  'nulls',
  'room',
  'sub',
  'tenant',
] as const;
export type Cause = (typeof CAUSES)[number];

const NOTHING: Settings = { docker: [], prosody: [], roomkey: [] };
const KEYS: Settings = {
  docker: ['JWT_ASAP_KEYSERVER'],
  prosody: ['asap_key_server', 'cache_keys_url'],
  roomkey: ['keys'],
};
const DOMAIN: Settings = {
  docker: ['JWT_ENABLE_DOMAIN_VERIFICATION', 'XMPP_DOMAIN'],
  prosody: ['enable_domain_verification', 'muc_mapper_domain_base'],
  roomkey: ['sub', 'xmppDomain'],
};

const SETTINGS: Readonly<Record<CheckName, Settings>> = {
  size: { docker: [], prosody: [], roomkey: ['mapping', 'extraClaims', 'features'] },
  format: { docker: ['AUTH_TYPE'], prosody: ['authentication'], roomkey: ['delivery'] },
  typ: NOTHING,
  alg: { docker: ['JWT_SIGN_TYPE'], prosody: ['signature_algorithm'], roomkey: ['algorithm'] },
  kid: { ...KEYS, roomkey: ['algorithm'] },
  key: KEYS,
  signature: {
    docker: ['JWT_APP_SECRET', 'JWT_ASAP_KEYSERVER'],
    prosody: ['app_secret', 'asap_key_server'],
    roomkey: ['secret', 'keys'],
  },
  exp: { docker: [], prosody: [], roomkey: ['tokenTtlSeconds'] },
  nbf: { docker: [], prosody: [], roomkey: ['nbfSkewSeconds'] },
  iss: {
    docker: ['JWT_ACCEPTED_ISSUERS', 'JWT_APP_ID'],
    prosody: ['asap_accepted_issuers', 'app_id'],
    roomkey: ['iss'],
  },
  aud: {
    docker: ['JWT_ACCEPTED_AUDIENCES'],
    prosody: ['asap_accepted_audiences'],
    roomkey: ['appId'],
  },
  context: { docker: [], prosody: [], roomkey: ['mapping', 'extraClaims'] },
  nulls: { docker: [], prosody: [], roomkey: ['mapping', 'extraClaims'] },
  room: { docker: [], prosody: ['asap_require_room_claim'], roomkey: ['anyRoom'] },
  sub: DOMAIN,
  tenant: DOMAIN,
};

export interface Advice {
  readonly cause: Cause;
  readonly settings: Settings;
}

/** For a line that failed. */
export function adviceFor(name: CheckName, origin: TokenOrigin): Advice {
  return { cause: causeOf(name, origin), settings: SETTINGS[name] };
}

function causeOf(name: CheckName, { keyStage, otherIssuer, header, expected }: TokenOrigin): Cause {
  if (name === 'key' && keyStage === 'retired') return 'key_retired';
  if (name === 'key' && otherIssuer) return 'key_other_issuer';
  if (name === 'signature' && otherIssuer) return 'signature_other_issuer';
  if (name === 'alg' && header.alg?.slice(0, 2) !== expected.alg.slice(0, 2)) return 'alg_family';
  return name;
}
