/**
 * The settings of a house that runs one of the bridges.
 *
 * @module
 */
import { BRIDGES, type BridgeName } from '../../src/domain/bridges/index.ts';
import type { BridgeInput, BridgeReading } from '../../src/domain/bridges/reading.ts';

export const BRIDGE_SECRET = 'prosody-and-the-bridge-share-this-secret';
export const CLIENT_SECRET = 'the-provider-gave-this-to-the-bridge';
export const SERVER_URL = 'https://meet.example.org/';

const OPENID = {
  JITSI_SECRET: BRIDGE_SECRET,
  JITSI_URL: 'https://meet.example.org',
  JITSI_SUB: 'meet.example.org',
  BASE_URL: 'https://auth.example.org/',
  CLIENT_ID: 'jitsi',
};
const ADAPTER = { JWT_APP_ID: 'meetings', JWT_APP_SECRET: BRIDGE_SECRET };

/** What each must have, and what most have set. */
export const EXAMPLES: Readonly<Record<BridgeName, Readonly<Record<string, string>>>> = {
  'jitsi-openid': {
    ...OPENID,
    ISSUER_URL: 'https://id.example.org/realms/house',
    CLIENT_SECRET,
    GROUP: 'house',
  },
  'go-openid': {
    ...OPENID,
    ISSUER_BASE_URL: 'https://id.example.org/realms/house',
    SECRET: CLIENT_SECRET,
    NAME_KEY: 'nickname',
  },
  'jitsi-oidc-adapter': {
    ...ADAPTER,
    OIDC_ISSUER_URL: 'https://id.example.org/application/o/jitsi',
    OIDC_CLIENT_ID: 'meetings',
    OIDC_CLIENT_SECRET: CLIENT_SECRET,
  },
  'jitsi-keycloak-adapter': {
    ...ADAPTER,
    KEYCLOAK_ORIGIN: 'https://id.example.org',
    KEYCLOAK_REALM: 'house',
    KEYCLOAK_CLIENT_ID: 'meetings',
  },
  aadp: {
    'oauth.client_id': 'meetings',
    'oauth.client_secret': CLIENT_SECRET,
    'oauth.issuer': 'https://id.example.org',
    'oauth.scope': 'openid',
    'urls.jitsi_base': 'https://meet.example.org',
    'urls.oidc_discovery': 'https://id.example.org/.well-known/openid-configuration',
    'jwt.audience': 'meetings',
    'jwt.issuer': 'house',
    'jwt.subject': 'meet.example.org',
    'jwt.secret_key': BRIDGE_SECRET,
  },
};

/** Reads an example with some settings changed; `''` takes one away. */
export function readExample(
  name: BridgeName,
  changes: Readonly<Record<string, string>> = {},
  more: Partial<BridgeInput> = {},
): BridgeReading {
  const values = { ...EXAMPLES[name], ...changes };
  return BRIDGES[name].read({ values, readFile: () => undefined, serverUrl: SERVER_URL, ...more });
}

export const issuerOf = ({ config }: BridgeReading) => config?.issuers[0];
export const upstreamOf = ({ config }: BridgeReading) => config?.upstreams[0];
export const mistakesOf = ({ mistakes }: BridgeReading) =>
  mistakes.map(({ setting, message }) => `${setting} ${message}`);
/** What is said of one kind, a line each. */
export const said = ({ notes }: BridgeReading, kind: string) =>
  notes.flatMap((one) => (one.kind === kind ? [one.text] : [])).join('\n');
