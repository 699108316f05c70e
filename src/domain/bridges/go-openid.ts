/**
 * mod242/jitsi-go-openid, which gave tokens of thirty days at `/authenticate`.
 *
 * @module
 */
import {
  addressNotes,
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
  NO_MODERATORS,
  note,
  UPSTREAM_SLUG,
} from './parts.ts';
import type { Bridge, BridgeInput, BridgeReading } from './reading.ts';
import { openSettings } from './settings.ts';

/** Fixed in the bridge. */
const TTL_SECONDS = 30 * 86_400;

/** The claim the bridge was told of passes the lobby when it is `true`, as text or not. */
const LOBBY_RULE =
  'has(user.attributes.lobby_bypass) && user.attributes.lobby_bypass in [true, "true"]';

export const goOpenid: Bridge = {
  file: 'env',
  settings: [
    'JITSI_SECRET',
    'JITSI_URL',
    'JITSI_SUB',
    'ISSUER_BASE_URL',
    'BASE_URL',
    'CLIENT_ID',
    'SECRET',
    'PREJOIN',
    'DEEPLINK',
    'NAME_KEY',
    'LOBBY_BYPASS_KEY',
  ],
  read: readGoOpenid,
};

function readGoOpenid(input: BridgeInput): BridgeReading {
  const settings = openSettings(input);
  const serverUrl = settings.need('JITSI_URL');
  const sub = fixedSubject(settings, 'JITSI_SUB');
  const issuerUrl = settings.need('ISSUER_BASE_URL');
  const publicUrl = settings.need('BASE_URL');
  const clientId = settings.need('CLIENT_ID');
  const secret = settings.need('JITSI_SECRET');
  const clientSecret = settings.need('SECRET');
  const skipPrejoin = !settings.flag('PREJOIN', false);
  const nameKey = settings.given('NAME_KEY')?.trim() ?? 'name';
  const lobbyKey = settings.given('LOBBY_BYPASS_KEY')?.trim();

  const signing = issuerSecret({ value: secret, file: undefined, content: secret }, 'HS256');
  const life = lifetime(TTL_SECONDS);
  return concluded(settings, {
    publicUrl,
    upstream: {
      slug: UPSTREAM_SLUG,
      type: 'oidc',
      name: hostOf(issuerUrl),
      issuerUrl,
      clientId,
      ...clientOf(
        settings,
        { value: clientSecret, file: undefined, content: clientSecret },
        'client_secret_basic',
      ),
      scopes: ['openid', 'profile', 'email'],
      quirks: ['audiences_unlisted', 'email_verified_missing'],
      callback: '/callback',
      createRule: '1',
      ...(nameKey === 'name' ? {} : { mapping: { displayName: claimNamed(nameKey) } }),
      ...(lobbyKey === undefined ? {} : { attributes: { lobby_bypass: claimNamed(lobbyKey) } }),
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
      ...(lobbyKey === undefined ? {} : { lobby: { bypass: LOBBY_RULE } }),
      mapping: { name: 'displayName', email: 'email' },
    },
    origins: {
      'issuers[0].serverUrl': 'JITSI_URL',
      'issuers[0].sub': 'JITSI_SUB',
      'issuers[0].secret': 'JITSI_SECRET',
      'upstreams[0].issuerUrl': 'ISSUER_BASE_URL',
      'upstreams[0].clientId': 'CLIENT_ID',
      'upstreams[0].clientSecret': 'SECRET',
      'upstreams[0].mapping.displayName': 'NAME_KEY',
      'upstreams[0].attributes': 'LOBBY_BYPASS_KEY',
    },
    notes: [
      note(
        'understood',
        `Meetings are at ${serverUrl}; their tokens have iss and aud jitsi, sub ${sub}, HS256 and the same secret, and come back to Jitsi in ?jwt=${skipPrejoin ? ', past the prejoin page' : ''}.`,
      ),
      note('understood', `People sign in at ${issuerUrl} as client ${clientId}.`),
      ...addressNotes(publicUrl, serverUrl),
      note(
        'understood',
        `In the tokens, name is the claim ${nameKey}; there is no id, as before. id: id in the issuer’s mapping adds one.`,
      ),
      ...(lobbyKey === undefined
        ? []
        : [
            note(
              'understood',
              `Whose claim ${lobbyKey} is true passes the lobby (lobby_bypass, as text).`,
            ),
          ]),
      note('understood', 'Meetings opened in an app go back to the app.'),
      EVERYBODY,
      NO_MODERATORS,
      ...life.notes,
      note(
        'stricter',
        'Room names are made as Jitsi makes them: a name Jitsi would not take is refused before the sign-in.',
      ),
      EMAILS,
      LOCAL_ADMINISTRATORS,
      ...signing.notes,
      note(
        'jitsi',
        'At Prosody nothing changes: leave app_id, app_secret, asap_accepted_issuers and asap_accepted_audiences.',
      ),
      note(
        'jitsi',
        'tokenAuthUrl may stay …/authenticate?state={state}&room={room}. The bridge listened on port 3001: set PORT=3001, or change the proxy.',
      ),
    ],
  });
}

function claimNamed(key: string): string {
  return `claims[${constant(key)}]`;
}
