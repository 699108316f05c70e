/**
 * MarcelCoding/jitsi-openid, which gave one token for all rooms at `/room/{room}`.
 *
 * @module
 */
import type { OidcQuirk } from '../upstreams/quirks.ts';
import {
  addressNotes,
  ANY_ROOM,
  clientOf,
  concluded,
  constant,
  EMAILS,
  EVERYBODY,
  fixedSubject,
  hostOf,
  issuerSecret,
  lifetime,
  LOCAL_ADMINISTRATORS,
  note,
  UPSTREAM_SLUG,
} from './parts.ts';
import type { Bridge, BridgeInput, BridgeNote, BridgeReading } from './reading.ts';
import { openSettings, type Settings } from './settings.ts';

/** Fixed in the bridge. */
const TTL_SECONDS = 24 * 3600;

/**
 * Whom Prosody's `token_affiliation` takes for an owner, by the claims the bridge passed through.
 */
const MODERATOR_RULE =
  'has(user.attributes.affiliation) && user.attributes.affiliation in ["owner", "moderator", "teacher"]' +
  ' || has(user.attributes.moderator) && user.attributes.moderator in [true, "true"]';

export const jitsiOpenid: Bridge = {
  file: 'env',
  settings: [
    'JITSI_SECRET',
    'JITSI_SECRET_FILE',
    'JITSI_URL',
    'JITSI_SUB',
    'ISSUER_URL',
    'ISSUER_BASE_URL',
    'BASE_URL',
    'CLIENT_ID',
    'CLIENT_SECRET',
    'SECRET',
    'CLIENT_SECRET_FILE',
    'LISTEN_ADDR',
    'ACR_VALUES',
    'SCOPES',
    'VERIFY_ACCESS_TOKEN_HASH',
    'SKIP_PREJOIN_SCREEN',
    'GROUP',
  ],
  read: readJitsiOpenid,
};

function readJitsiOpenid(input: BridgeInput): BridgeReading {
  const settings = openSettings(input);
  const serverUrl = settings.need('JITSI_URL');
  const sub = fixedSubject(settings, 'JITSI_SUB');
  const issuerUrl = settings.need('ISSUER_URL', 'ISSUER_BASE_URL');
  const publicUrl = settings.need('BASE_URL');
  const clientId = settings.need('CLIENT_ID');
  const secret = settings.secret('JITSI_SECRET');
  if (!secret) settings.wrong('JITSI_SECRET', 'is required, or JITSI_SECRET_FILE');
  const clientSecret = settings.secret('CLIENT_SECRET', 'SECRET');
  if (!clientSecret) settings.wrong('CLIENT_SECRET', 'is required, or CLIENT_SECRET_FILE');
  const scopes = [...new Set(['openid', ...(settings.words('SCOPES') ?? ['profile', 'email'])])];
  const acrValues = settings.words('ACR_VALUES') ?? [];
  const verifiesHash = settings.flag('VERIFY_ACCESS_TOKEN_HASH', true);
  const skipPrejoin = settings.flag('SKIP_PREJOIN_SCREEN', true);
  const group = settings.given('GROUP')?.trim();

  const signing = issuerSecret(secret ?? NO_SECRET, 'HS256');
  const life = lifetime(TTL_SECONDS);
  const quirks: OidcQuirk[] = ['audiences_unlisted', 'email_verified_missing'];
  if (!verifiesHash) quirks.push('at_hash_wrong');
  return concluded(settings, {
    publicUrl,
    listen: readListenAddress(settings),
    upstream: {
      slug: UPSTREAM_SLUG,
      type: 'oidc',
      name: hostOf(issuerUrl),
      issuerUrl,
      clientId,
      ...clientOf(settings, clientSecret, 'client_secret_basic'),
      scopes,
      ...(acrValues.length > 0 ? { acrValues } : {}),
      quirks,
      callback: '/callback',
      createRule: '1',
      mapping: { avatar: 'claims.picture' },
    },
    issuer: {
      slug: 'main',
      name: hostOf(serverUrl),
      serverUrl,
      iss: 'jitsi',
      appId: 'jitsi',
      sub,
      algorithm: 'HS256',
      ...signing.entry,
      tokenTtlSeconds: life.seconds,
      skipPrejoin,
      useRule: '1',
      moderatorRule: MODERATOR_RULE,
      // What the bridge had from preferred_username, else sub, is the username here.
      mapping: { id: 'username', name: 'displayName', email: 'email', avatar: 'avatarUrl' },
      ...(group === undefined ? {} : { group: constant(group) }),
    },
    origins: {
      'issuers[0].serverUrl': 'JITSI_URL',
      'issuers[0].sub': 'JITSI_SUB',
      'issuers[0].secret': 'JITSI_SECRET',
      'issuers[0].secretFile': 'JITSI_SECRET_FILE',
      'issuers[0].group': 'GROUP',
      'upstreams[0].issuerUrl': settings.nameOf('ISSUER_URL', 'ISSUER_BASE_URL'),
      'upstreams[0].clientId': 'CLIENT_ID',
      'upstreams[0].clientSecret': settings.nameOf('CLIENT_SECRET', 'SECRET'),
      'upstreams[0].clientSecretFile': 'CLIENT_SECRET_FILE',
      'upstreams[0].scopes': 'SCOPES',
      'upstreams[0].acrValues': 'ACR_VALUES',
    },
    notes: [
      note(
        'understood',
        `Meetings are at ${serverUrl}; their tokens have iss and aud jitsi, sub ${sub}, HS256 and the same secret, and come back to Jitsi in ?jwt=${skipPrejoin ? ', past the prejoin page' : ''}.`,
      ),
      note(
        'understood',
        `People sign in at ${issuerUrl} as client ${clientId}, with the scopes ${scopes.join(' ')}.`,
      ),
      ...addressNotes(publicUrl, serverUrl),
      note(
        'understood',
        'In the tokens, id is preferred_username, else sub; name, email and picture are as before.',
      ),
      ...life.notes,
      ...(group === undefined ? [] : [note('understood', `context.group is ${group}.`)]),
      ...acrNotes(acrValues),
      EVERYBODY,
      ANY_ROOM,
      note(
        'stricter',
        'affiliation and moderator of the provider go through the moderatorRule: owner, moderator, teacher, or moderator: true make an owner, everything else a member. Other values are not passed on, and nothing is ever null.',
      ),
      EMAILS,
      LOCAL_ADMINISTRATORS,
      ...providerWarnings(verifiesHash),
      ...signing.notes,
      note(
        'jitsi',
        'At Prosody nothing changes: leave app_id, app_secret, asap_accepted_issuers and asap_accepted_audiences (docker: JWT_APP_ID, JWT_APP_SECRET, JWT_ACCEPTED_ISSUERS, JWT_ACCEPTED_AUDIENCES).',
      ),
      note(
        'jitsi',
        'tokenAuthUrl (docker: TOKEN_AUTH_URL) may stay …/room/{room}. With …/jitsi/login?room={room}&state={state} tenants, settings of the link and the apps find their way back, too.',
      ),
    ],
  });
}

const NO_SECRET = { value: '', file: undefined, content: '-'.repeat(32) };

function acrNotes(acrValues: readonly string[]): readonly BridgeNote[] {
  if (acrValues.length === 0) return [];
  return [
    note('understood', `A sign-in must have one of these acr values: ${acrValues.join(' ')}.`),
  ];
}

function providerWarnings(verifiesHash: boolean): readonly BridgeNote[] {
  return [
    note(
      'warning',
      'ID tokens may name other audiences beside the client, as the bridge allowed (quirk audiences_unlisted). Take the quirk away, or list them in audiences.',
    ),
    ...(verifiesHash
      ? []
      : [
          note(
            'warning',
            'at_hash is not checked, because VERIFY_ACCESS_TOKEN_HASH=false (quirk at_hash_wrong).',
          ),
        ]),
  ];
}

/** `0.0.0.0:3000` or `[::]:3000`. */
function readListenAddress(settings: Settings): BridgeReading['listen'] {
  const address = settings.given('LISTEN_ADDR')?.trim();
  if (address === undefined) return undefined;
  const [, bracketed, plain, port = ''] =
    /^(?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d{1,5})$/i.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  settings.wrong('LISTEN_ADDR', 'must be an address and a port, such as 0.0.0.0:3000');
  return undefined;
}
