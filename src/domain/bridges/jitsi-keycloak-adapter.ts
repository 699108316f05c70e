/**
 * nordeck/jitsi-keycloak-adapter, versions 1 and 2. Version 1 had pages of its own in Jitsi.
 *
 * @module
 */
import { isFetchable } from '../config-file/check-upstream-entry.ts';
import {
  readAdapterTokens,
  runningNotes,
  SUBJECT_ATTRIBUTE,
  TOKEN_SETTINGS,
} from './adapter-tokens.ts';
import { certificateNotes, clientOf, concluded, hostOf, note, UPSTREAM_SLUG } from './parts.ts';
import type { Bridge, BridgeInput, BridgeNote, BridgeReading, BridgeUpstream } from './reading.ts';
import { openSettings, type Settings } from './settings.ts';

const TTL_SECONDS = 3600;

export const jitsiKeycloakAdapter: Bridge = {
  file: 'env',
  settings: [
    'KEYCLOAK_ORIGIN',
    'KEYCLOAK_ORIGIN_INTERNAL',
    'KEYCLOAK_REALM',
    'KEYCLOAK_CLIENT_ID',
    'KEYCLOAK_CLIENT_SECRET',
    'KEYCLOAK_MODE',
    'ALLOW_UNSECURE_CERT',
    'DEBUG',
    ...TOKEN_SETTINGS,
  ],
  read: readJitsiKeycloakAdapter,
};

function readJitsiKeycloakAdapter(input: BridgeInput): BridgeReading {
  const settings = openSettings(input);
  const origin = settings.need('KEYCLOAK_ORIGIN').replace(/\/+$/, '');
  const inside = (settings.given('KEYCLOAK_ORIGIN_INTERNAL')?.trim() ?? origin).replace(/\/+$/, '');
  if (inside !== origin && !isFetchable(inside))
    settings.wrong(
      'KEYCLOAK_ORIGIN_INTERNAL',
      'must be an https address: without one leave it empty, and Roomkey asks at KEYCLOAK_ORIGIN',
    );
  const realm = encodeURIComponent(settings.given('KEYCLOAK_REALM')?.trim() ?? 'ucs');
  const clientId = settings.given('KEYCLOAK_CLIENT_ID')?.trim() ?? 'jitsi';
  const issuerUrl = `${origin}/realms/${realm}`;
  const tokens = readAdapterTokens(settings, input, TTL_SECONDS);
  return concluded(settings, {
    upstream: {
      slug: UPSTREAM_SLUG,
      type: 'oidc',
      name: hostOf(origin),
      issuerUrl,
      ...(inside === origin
        ? {}
        : { endpoints: endpointsOf(issuerUrl, `${inside}/realms/${realm}`) }),
      clientId,
      ...clientOf(settings, settings.secret('KEYCLOAK_CLIENT_SECRET'), 'client_secret_basic'),
      scopes: ['openid', 'profile', 'email'],
      quirks: ['email_verified_missing'],
      callback: '/oidc/tokenize',
      createRule: '1',
      attributes: SUBJECT_ATTRIBUTE,
    },
    issuer: tokens.issuer,
    origins: {
      ...tokens.origins,
      'upstreams[0].issuerUrl': 'KEYCLOAK_ORIGIN',
      'upstreams[0].endpoints': 'KEYCLOAK_ORIGIN_INTERNAL',
      'upstreams[0].clientId': 'KEYCLOAK_CLIENT_ID',
      'upstreams[0].clientSecret': 'KEYCLOAK_CLIENT_SECRET',
    },
    notes: [
      note('understood', `People sign in at ${issuerUrl} as client ${clientId}.`),
      ...(inside === origin
        ? []
        : [
            note(
              'understood',
              `Roomkey itself talks to Keycloak at ${inside} (endpoints); browsers go to ${origin}.`,
            ),
          ]),
      ...tokens.notes,
      ...keycloakNotes(settings),
      ...runningNotes(settings),
    ],
  });
}

/** Keycloak’s own addresses, for browsers and for us. */
function endpointsOf(outside: string, inside: string): BridgeUpstream['endpoints'] {
  const path = 'protocol/openid-connect';
  return {
    authorization: `${outside}/${path}/auth`,
    token: `${inside}/${path}/token`,
    jwks: `${inside}/${path}/certs`,
    userinfo: `${inside}/${path}/userinfo`,
    endSession: `${outside}/${path}/logout`,
  };
}

function keycloakNotes(settings: Settings): readonly BridgeNote[] {
  return [
    ...certificateNotes(settings),
    note(
      'jitsi',
      'Version 2: point tokenAuthUrl at PUBLIC_URL/oidc/auth?state={state}, or let the proxy of Jitsi send people on: location /oidc/ { return 302 PUBLIC_URL$request_uri; }',
    ),
    note(
      'jitsi',
      'Version 1: take its pages out of Jitsi (body.html, oidc-adapter.html, oidc-redirect.html and their lines in the proxy) and set tokenAuthUrl to PUBLIC_URL/jitsi/login?room={room}&state={state}. Guests who wait for a host: Administration, Issuers, Integration.',
    ),
  ];
}
