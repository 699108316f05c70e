/**
 * The tokens of jitsi-keycloak-adapter and its successor jitsi-oidc-adapter, which are made alike.
 *
 * @module
 */
import type { IssuerEntry } from '../config-file/schema.ts';
import { HS_ALGORITHMS, type HsAlgorithm } from '../issuer.ts';
import {
  constant,
  EMAILS,
  EVERYBODY,
  hostOf,
  issuerSecret,
  lifetime,
  LOCAL_ADMINISTRATORS,
  NO_MODERATORS,
  note,
} from './parts.ts';
import type { BridgeInput, BridgeNote, BridgeReading } from './reading.ts';
import type { Settings } from './settings.ts';

export const TOKEN_SETTINGS = [
  'JWT_ALG',
  'JWT_HASH',
  'JWT_APP_ID',
  'JWT_APP_SECRET',
  'JWT_EXP_SECOND',
  'HOSTNAME',
  'PORT',
];

/** Published with the adapters, and what they sign with when nobody sets another. */
const PUBLIC_SECRET = 'myappsecret';

/** Local people have no `sub` of the provider: theirs is the account's own id. */
const SUBJECT_ID = 'has(user.attributes.subject) ? user.attributes.subject : user.id';
/** Where the provider's `sub` is kept, for `SUBJECT_ID`. */
export const SUBJECT_ATTRIBUTE = { subject: 'claims.sub' };

export interface AdapterTokens {
  readonly issuer: IssuerEntry;
  readonly notes: readonly BridgeNote[];
  readonly origins: BridgeReading['origins'];
}

export function readAdapterTokens(
  settings: Settings,
  { serverUrl = '' }: BridgeInput,
  defaultSeconds: number,
): AdapterTokens {
  const algorithm = readAlgorithm(settings);
  const appId = settings.given('JWT_APP_ID')?.trim() ?? 'myappid';
  const secret = settings.given('JWT_APP_SECRET') ?? PUBLIC_SECRET;
  const signing = issuerSecret({ value: secret, file: undefined, content: secret }, algorithm);
  const life = lifetime(settings.seconds('JWT_EXP_SECOND', defaultSeconds));
  if (serverUrl === '')
    settings.wrong(
      '--server-url',
      'is required: the adapter took Jitsi’s address from each request, Roomkey sends people to this one alone',
    );
  return {
    issuer: {
      slug: 'main',
      name: hostOf(serverUrl),
      serverUrl,
      iss: appId,
      appId,
      sub: 'tenant',
      algorithm,
      ...signing.entry,
      tokenTtlSeconds: life.seconds,
      skipPrejoin: false,
      useRule: '1',
      lobby: { bypass: '1' },
      mapping: { id: SUBJECT_ID, name: 'displayName', email: 'email' },
      extraClaims: { 'context.user.security_bypass': constant('true') },
    },
    origins: {
      'issuers[0].serverUrl': '--server-url',
      'issuers[0].iss': 'JWT_APP_ID',
      'issuers[0].appId': 'JWT_APP_ID',
      'issuers[0].secret': 'JWT_APP_SECRET',
    },
    notes: [
      note(
        'understood',
        `Tokens have iss and aud ${appId}, ${algorithm} and the same secret; sub is the tenant, without one the host of ${serverUrl}.`,
      ),
      note(
        'understood',
        'In the tokens, id is the provider’s sub; lobby_bypass and security_bypass are set for everybody, as text ("true"), which Prosody’s modules read alike.',
      ),
      ...life.notes,
      EVERYBODY,
      NO_MODERATORS,
      note(
        'stricter',
        'The room and the tenant of a token are those of the request that was signed in, and the host is the one of serverUrl: neither the browser nor a Host header changes them afterwards.',
      ),
      note(
        'stricter',
        'The sign-in has state, nonce and PKCE, and the ID token is verified; the adapter had none of them.',
      ),
      EMAILS,
      LOCAL_ADMINISTRATORS,
      ...(secret === PUBLIC_SECRET
        ? [
            note(
              'warning',
              'JWT_APP_SECRET is the one published with the adapter: everybody can sign tokens for your Jitsi. Replace it in Prosody and here now: openssl rand -hex 32',
            ),
          ]
        : signing.notes),
      note(
        'jitsi',
        'At Prosody nothing changes: leave app_id, app_secret, asap_accepted_issuers and asap_accepted_audiences (docker: JWT_APP_ID, JWT_APP_SECRET and JWT_ACCEPTED_…).',
      ),
      note(
        'jitsi',
        'At the provider, add the redirect URI PUBLIC_URL/oidc/tokenize to the client: Roomkey has an address of its own.',
      ),
    ],
  };
}

/** `JWT_ALG` is what the token says, `JWT_HASH` what was computed: they must be the same. */
function readAlgorithm(settings: Settings): HsAlgorithm {
  const named = settings.given('JWT_ALG')?.trim() ?? 'HS256';
  const hash = settings.given('JWT_HASH')?.trim() ?? 'SHA-256';
  const algorithm = HS_ALGORITHMS.find((one) => one === named);
  if (!algorithm) settings.wrong('JWT_ALG', `must be one of ${HS_ALGORITHMS.join(', ')}`);
  else if (hash !== `SHA-${algorithm.slice(2)}`)
    settings.wrong('JWT_HASH', `must be SHA-${algorithm.slice(2)} with JWT_ALG ${algorithm}`);
  return algorithm ?? 'HS256';
}

/** Said by both, of settings that mean nothing here. */
export function runningNotes(settings: Settings): readonly BridgeNote[] {
  const port = settings.given('PORT')?.trim() ?? '9000';
  return [
    note(
      'jitsi',
      `The adapter listened on port ${port}: set PORT=${port} (and HOST) for Roomkey, or change the proxy.`,
    ),
  ];
}
