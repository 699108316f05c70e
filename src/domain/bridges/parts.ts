/**
 * What the bridges have in common: their tokens, and what is said of them.
 *
 * @module
 */
import type { IssuerEntry } from '../config-file/schema.ts';
import { type HsAlgorithm, isShortSecret } from '../issuer.ts';
import type { BridgeConfig, BridgeNote, BridgeReading, BridgeUpstream } from './reading.ts';
import type { BridgeSecret, Settings } from './settings.ts';

/** Of every upstream that comes from a bridge. */
export const UPSTREAM_SLUG = 'sso';
const TTL_MIN_SECONDS = 10;
const TTL_MAX_SECONDS = 86_400;

export function note(kind: BridgeNote['kind'], text: string): BridgeNote {
  return { kind, text };
}

/** A constant, as an expression. */
export function constant(text: string): string {
  return JSON.stringify(text);
}

/** The secret tokens are signed with, which Prosody knows. */
export function issuerSecret(
  { value, file, content }: BridgeSecret,
  algorithm: HsAlgorithm,
): { entry: Partial<IssuerEntry>; notes: readonly BridgeNote[] } {
  const place = file === undefined ? { secret: value ?? '' } : { secretFile: file };
  if (content === undefined)
    return {
      entry: place,
      notes: [
        note(
          'warning',
          `${file} cannot be read here: it must be where the configuration is applied. If the secret in it is too short for ${algorithm}, add carriedOverSecret: true beside it.`,
        ),
      ],
    };
  if (!isShortSecret(content, algorithm)) return { entry: place, notes: [] };
  return {
    entry: { ...place, carriedOverSecret: true },
    notes: [
      note(
        'warning',
        `The secret of the tokens is too short for ${algorithm} and can be guessed. It is kept, because Prosody knows it, and Roomkey warns of it until both have a longer one: openssl rand -hex 32`,
      ),
    ],
  };
}

/** How long tokens live, as near to the bridge as Roomkey goes. */
export function lifetime(seconds: number): { seconds: number; notes: readonly BridgeNote[] } {
  const kept = Math.min(Math.max(seconds, TTL_MIN_SECONDS), TTL_MAX_SECONDS);
  if (kept < seconds)
    return {
      seconds: kept,
      notes: [
        note(
          'stricter',
          `Tokens live for 24 hours instead of ${span(seconds)}, the longest Roomkey gives: nobody can call a token back that left. People notice nothing while they are signed in.`,
        ),
      ],
    };
  return {
    seconds: kept,
    notes: [
      note(
        'understood',
        `Tokens live for ${span(kept)}. Roomkey keeps people signed in by itself, so tokenTtlSeconds: 300 would do, too.`,
      ),
    ],
  };
}

function span(seconds: number): string {
  const units = [
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ] as const;
  const [size, word] = units.find(([unit]) => seconds % unit === 0 && seconds / unit > 1) ?? [
    1,
    'seconds',
  ];
  return `${seconds / size} ${word}`;
}

export const ANY_ROOM = note(
  'stricter',
  'A token opens the room it was asked for and no other; the bridge’s opened every room of the server to whoever got hold of one. anyRoom: true in the issuer brings that back.',
);
export const LOCAL_ADMINISTRATORS = note(
  'stricter',
  'Passwords of Roomkey’s own are for administrators alone (signIn: local); everybody else signs in at the provider, as before.',
);
export const EVERYBODY = note(
  'understood',
  'Whoever signs in at the provider gets a token, as before (useRule: 1), and an account at the first time (createRule: 1). Both can become rules.',
);
export const EMAILS = note(
  'stricter',
  'An e-mail address the provider calls unverified is left out of the token; one it says nothing of counts.',
);
export const NO_MODERATORS = note(
  'understood',
  'The tokens name nobody a moderator, as before: Prosody and Jicofo decide. A moderatorRule in the issuer can say who is.',
);

/** Of bridges that knew where browsers reached them: whether Roomkey can stand there. */
export function addressNotes(publicUrl: string, serverUrl: string): readonly BridgeNote[] {
  const url = URL.parse(publicUrl);
  if (!url) return [];
  const isShared = url.host === URL.parse(serverUrl)?.host;
  if (url.pathname === '/' && !isShared)
    return [
      note(
        'understood',
        `Roomkey takes the bridge’s address, PUBLIC_URL=${url.origin}, and the callback stays ${url.origin}/callback: nothing changes at the provider.`,
      ),
    ];
  const place = isShared ? 'is Jitsi’s own' : `has the path ${url.pathname}`;
  return [
    note(
      'jitsi',
      `The bridge’s address ${publicUrl} ${place}. Roomkey needs a name of its own: give it one as PUBLIC_URL, put it into tokenAuthUrl, and add the redirect URI PUBLIC_URL/callback to the client at the provider.`,
    ),
  ];
}

/** Of adapters that could be told to trust any certificate. */
export function certificateNotes(settings: Settings): readonly BridgeNote[] {
  if (!settings.flag('ALLOW_UNSECURE_CERT', false)) return [];
  return [
    note(
      'stricter',
      'The provider’s certificate is verified (ALLOW_UNSECURE_CERT is not taken over): name an authority of your own in NODE_EXTRA_CA_CERTS.',
    ),
  ];
}

/** What the settings say of the provider; the rest is the bridge's. */
export function clientOf(
  settings: Settings,
  secret: BridgeSecret | undefined,
  auth: BridgeUpstream['auth'],
): Pick<BridgeUpstream, 'auth' | 'clientSecret' | 'clientSecretFile'> {
  if (!secret) return { auth: 'none' };
  if (secret.value === undefined) return { auth, clientSecretFile: secret.file ?? '' };
  if (secret.value.length > 4000) settings.wrong('client secret', 'is too long');
  return { auth, clientSecret: secret.value };
}

/** What a button says, and a Jitsi server is called. */
export function hostOf(address: string): string {
  return URL.parse(address)?.hostname || 'sso';
}

export interface Drafted {
  readonly upstream: BridgeUpstream;
  readonly issuer: IssuerEntry;
  readonly publicUrl?: string | undefined;
  readonly listen?: BridgeReading['listen'];
  readonly notes: readonly BridgeNote[];
  readonly origins: BridgeReading['origins'];
}

/** The reading, when there is no mistake; else the mistakes. */
export function concluded(settings: Settings, drafted: Drafted): BridgeReading {
  const { upstream, issuer, publicUrl, listen, notes, origins } = drafted;
  const config: BridgeConfig = {
    signIn: { local: 'administrators' },
    upstreams: [upstream],
    issuers: [issuer],
  };
  const { mistakes } = settings;
  const isRight = mistakes.length === 0;
  return {
    config: isRight ? config : undefined,
    publicUrl,
    listen,
    notes: isRight ? notes : [],
    mistakes,
    origins,
  };
}

/** A `sub` as Prosody compares it. The words that mean more to Roomkey cannot be taken over. */
export function fixedSubject(settings: Settings, name: string): string {
  const sub = settings.need(name).toLowerCase();
  if (sub === 'tenant')
    settings.wrong(name, 'is "tenant", which means the tenant of each meeting to Roomkey');
  return sub;
}
