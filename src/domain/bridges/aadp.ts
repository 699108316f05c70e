/**
 * aadpM2hhdixoJm3u/jitsi-OIDC-adapter, a sign-in for the host alone, set up by `app.conf`.
 *
 * @module
 */
import {
  ANY_ROOM,
  clientOf,
  concluded,
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
import type { Bridge, BridgeInput, BridgeNote, BridgeReading, BridgeUpstream } from './reading.ts';
import { openSettings, type Settings } from './settings.ts';

/** Fixed in the bridge. */
const TTL_SECONDS = 5 * 3600;
const DISCOVERY = '/.well-known/openid-configuration';

export const aadp: Bridge = {
  file: 'ini',
  settings: [
    'oauth.client_id',
    'oauth.client_secret',
    'oauth.issuer',
    'oauth.authorize_url',
    'oauth.access_token_url',
    'oauth.jwks_uri',
    'oauth.scope',
    'urls.jitsi_base',
    'urls.oidc_discovery',
    'jwt.audience',
    'jwt.issuer',
    'jwt.subject',
    'jwt.secret_key',
    'logging.level',
    'logging.filename',
    'logging.filemode',
  ],
  read: readAadp,
};

function readAadp(input: BridgeInput): BridgeReading {
  const settings = openSettings(input);
  const clientId = settings.need('oauth.client_id');
  const clientSecret = settings.need('oauth.client_secret');
  const subject = fixedSubject(settings, 'jwt.subject');
  const serverUrl = `https://${subject}/`;
  const iss = settings.need('jwt.issuer');
  const appId = settings.need('jwt.audience');
  const secret = settings.need('jwt.secret_key');
  const provider = readProvider(settings);
  if (subject !== '' && URL.parse(serverUrl)?.host !== subject)
    settings.wrong(
      'jwt.subject',
      'must be Jitsi’s host: the bridge sent people to https://SUBJECT/',
    );

  const signing = issuerSecret({ value: secret, file: undefined, content: secret }, 'HS256');
  const life = lifetime(TTL_SECONDS);
  return concluded(settings, {
    upstream: {
      slug: UPSTREAM_SLUG,
      type: 'oidc',
      name: hostOf(provider.issuerUrl),
      ...provider,
      clientId,
      ...clientOf(
        settings,
        { value: clientSecret, file: undefined, content: clientSecret },
        'client_secret_post',
      ),
      quirks: ['email_verified_missing', 'issuer_slash_differs'],
      callback: '/oidc/redirect',
      createRule: '1',
      mapping: {
        displayName: 'has(claims.displayName) ? claims.displayName : claims.name',
      },
    },
    issuer: {
      slug: 'main',
      name: hostOf(serverUrl),
      serverUrl,
      iss,
      appId,
      sub: subject,
      algorithm: 'HS256',
      ...signing.entry,
      tokenTtlSeconds: life.seconds,
      skipPrejoin: true,
      useRule: '1',
      moderatorRule: '1',
      mapping: { name: 'displayName', email: 'email' },
    },
    origins: {
      'issuers[0].serverUrl': 'jwt.subject',
      'issuers[0].sub': 'jwt.subject',
      'issuers[0].iss': 'jwt.issuer',
      'issuers[0].appId': 'jwt.audience',
      'issuers[0].secret': 'jwt.secret_key',
      'upstreams[0].issuerUrl': settings.nameOf('urls.oidc_discovery', 'oauth.issuer'),
      'upstreams[0].clientId': 'oauth.client_id',
      'upstreams[0].clientSecret': 'oauth.client_secret',
      'upstreams[0].scopes': 'oauth.scope',
      'upstreams[0].endpoints.authorization': 'oauth.authorize_url',
      'upstreams[0].endpoints.token': 'oauth.access_token_url',
      'upstreams[0].endpoints.jwks': 'oauth.jwks_uri',
    },
    notes: [
      note(
        'understood',
        `Meetings are at ${serverUrl}; their tokens have iss ${iss}, aud ${appId}, sub ${subject}, HS256 and the same secret, and make everybody who signs in an owner (moderatorRule: 1).`,
      ),
      note(
        'understood',
        `People sign in at ${provider.issuerUrl} as client ${clientId}, with the scopes ${provider.scopes.join(' ')}.`,
      ),
      note(
        'understood',
        'In the tokens, name is the claim displayName, else name; there is no id, as before. id: id in the issuer’s mapping adds one.',
      ),
      ...life.notes,
      EVERYBODY,
      ANY_ROOM,
      note(
        'stricter',
        'Nobody’s address is sent to Gravatar, and nobody is called "Change me" or no-email@example.com. For pictures add avatar: claims.picture (the provider’s) or avatar: gravatar(claims.email) to the upstream’s mapping, and avatar: avatarUrl to the issuer’s.',
      ),
      note(
        'stricter',
        'The sign-in has state and PKCE; room names are checked, and no secret and no token is logged.',
      ),
      EMAILS,
      LOCAL_ADMINISTRATORS,
      ...commentWarnings(input),
      ...baseWarnings(settings, subject),
      ...signing.notes,
      note(
        'jitsi',
        'At Prosody nothing changes: leave app_id, app_secret, asap_accepted_issuers and asap_accepted_audiences, and the guests’ VirtualHost.',
      ),
      note(
        'jitsi',
        'At the provider, add the redirect URI PUBLIC_URL/oidc/redirect to the client: Roomkey has an address of its own.',
      ),
      note(
        'jitsi',
        'The patched body.html may stay while the proxy of Jitsi sends people on: location /oidc/ { return 302 PUBLIC_URL$request_uri; } Without it, guests who wait for a host are a choice of Administration, Issuers, Integration.',
      ),
    ],
  });
}

/** Discovery went before the addresses in the file, and asked for every scope there was. */
function readProvider(
  settings: Settings,
): Pick<BridgeUpstream, 'issuerUrl' | 'endpoints' | 'scopes'> {
  const discovery = settings.given('urls.oidc_discovery')?.trim();
  const issuer = settings.given('oauth.issuer')?.trim();
  const words = settings.words('oauth.scope') ?? ['openid'];
  const comment = words.findIndex((word) => /^[#;]/.test(word));
  const asked = comment < 0 ? words : words.slice(0, comment);
  if (discovery !== undefined) {
    if (!discovery.endsWith(DISCOVERY))
      settings.wrong('urls.oidc_discovery', `must end in ${DISCOVERY}`);
    const base = discovery.slice(0, -DISCOVERY.length);
    // Its own name may have a slash at the end that its address has not.
    const isSame = issuer?.replace(/\/$/, '') === base;
    return {
      issuerUrl: isSame ? (issuer ?? base) : base,
      scopes: [...new Set(['openid', ...asked, 'profile', 'email'])],
    };
  }
  return {
    issuerUrl: settings.need('oauth.issuer'),
    endpoints: {
      authorization: settings.need('oauth.authorize_url'),
      token: settings.need('oauth.access_token_url'),
      jwks: settings.need('oauth.jwks_uri'),
    },
    scopes: [...new Set(['openid', ...asked])],
  };
}

/** Python keeps what stands behind a value. */
function commentWarnings({ values }: BridgeInput): readonly BridgeNote[] {
  const named = aadp.settings.filter(
    (name) => name !== 'oauth.scope' && /\s[#;]/.test(values[name] ?? ''),
  );
  return named.map((name) =>
    note(
      'warning',
      `${printIniName(name)} ends in what looks like a comment. The bridge took it for a part of the value, and so it is here: take it out if Prosody does not have it.`,
    ),
  );
}

function baseWarnings(settings: Settings, subject: string): readonly BridgeNote[] {
  const base = settings.given('urls.jitsi_base')?.trim();
  if (base === undefined || URL.parse(base)?.host === subject) return [];
  return [
    note(
      'warning',
      `jitsi_base is ${base}, but the bridge sent people to https://${subject}/: that is serverUrl now.`,
    ),
  ];
}

/** `[jwt] secret_key`. */
export function printIniName(name: string): string {
  return name.replace(/^([^.]+)\.(.+)$/, '[$1] $2');
}
