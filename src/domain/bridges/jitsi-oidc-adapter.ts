/**
 * jitsi-contrib/jitsi-oidc-adapter: `tokenAuthUrl` at `/oidc/auth?state=`.
 *
 * @module
 */
import {
  readAdapterTokens,
  runningNotes,
  SUBJECT_ATTRIBUTE,
  TOKEN_SETTINGS,
} from './adapter-tokens.ts';
import { certificateNotes, clientOf, concluded, hostOf, note, UPSTREAM_SLUG } from './parts.ts';
import type { Bridge, BridgeInput, BridgeReading } from './reading.ts';
import { openSettings } from './settings.ts';

const TTL_SECONDS = 10_800;

export const jitsiOidcAdapter: Bridge = {
  file: 'env',
  settings: [
    'OIDC_ISSUER_URL',
    'OIDC_CLIENT_ID',
    'OIDC_CLIENT_SECRET',
    'OIDC_SCOPES',
    'AUTO_RETURN_TO_APP',
    'ALLOW_UNSECURE_CERT',
    ...TOKEN_SETTINGS,
  ],
  read: readJitsiOidcAdapter,
};

function readJitsiOidcAdapter(input: BridgeInput): BridgeReading {
  const settings = openSettings(input);
  const issuerUrl = settings.need('OIDC_ISSUER_URL');
  const clientId = settings.given('OIDC_CLIENT_ID')?.trim() ?? 'jitsi';
  const scopes = settings.words('OIDC_SCOPES') ?? ['openid', 'profile', 'email'];
  const returnsByItself = settings.flag('AUTO_RETURN_TO_APP', false);
  const tokens = readAdapterTokens(settings, input, TTL_SECONDS);
  return concluded(settings, {
    upstream: {
      slug: UPSTREAM_SLUG,
      type: 'oidc',
      name: hostOf(issuerUrl),
      issuerUrl,
      clientId,
      ...clientOf(settings, settings.secret('OIDC_CLIENT_SECRET'), 'client_secret_basic'),
      scopes,
      quirks: ['email_verified_missing', 'issuer_slash_differs'],
      callback: '/oidc/tokenize',
      createRule: '1',
      attributes: SUBJECT_ATTRIBUTE,
    },
    issuer: tokens.issuer,
    origins: {
      ...tokens.origins,
      'upstreams[0].issuerUrl': 'OIDC_ISSUER_URL',
      'upstreams[0].clientId': 'OIDC_CLIENT_ID',
      'upstreams[0].clientSecret': 'OIDC_CLIENT_SECRET',
      'upstreams[0].scopes': 'OIDC_SCOPES',
    },
    notes: [
      note(
        'understood',
        `People sign in at ${issuerUrl} as client ${clientId}, with the scopes ${scopes.join(' ')}.`,
      ),
      ...tokens.notes,
      note(
        'stricter',
        'The provider’s page of consent comes when the provider wants it; the adapter asked for it at every sign-in. prompt: consent in the upstream brings that back.',
      ),
      ...(returnsByItself
        ? [
            note(
              'stricter',
              'Meetings opened in an app go back to it from a page with a link (AUTO_RETURN_TO_APP went by itself, which some Android browsers do not survive).',
            ),
          ]
        : []),
      ...certificateNotes(settings),
      note(
        'jitsi',
        'Point tokenAuthUrl at PUBLIC_URL/oidc/auth?state={state}, or keep it and let the proxy of Jitsi send people on: location /oidc/ { return 302 PUBLIC_URL$request_uri; }',
      ),
      ...runningNotes(settings),
    ],
  });
}
