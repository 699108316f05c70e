import { DEFAULT_MAPPING, type Issuer } from './issuer.ts';
import { MAIN_SLUG } from './slug.ts';

/** The `iss` an issuer gets at its creation, and keeps: our origin, or its realm's address. */
export function defaultIss(slug: string, publicUrl: URL): string {
  return slug === MAIN_SLUG ? `${publicUrl.origin}/` : `${publicUrl.origin}/realms/${slug}`;
}

/** What an issuer is when nothing more is said: nobody moderates, and nobody gets in. */
export function newIssuer(basics: {
  readonly id: string;
  readonly slug: string;
  readonly publicUrl: URL;
  readonly now: Date;
}): Issuer {
  const { id, slug, publicUrl, now } = basics;
  return {
    id,
    slug,
    name: slug,
    serverUrl: undefined,
    iss: defaultIss(slug, publicUrl),
    appId: 'jitsi',
    sub: '*',
    xmppDomain: undefined,
    algorithm: 'RS256',
    rsaBits: 2048,
    keyRotationDays: undefined,
    tokenTtlSeconds: 300,
    nbfSkewSeconds: 10,
    delivery: 'query',
    skipPrejoin: true,
    anyRoom: false,
    useRule: '0',
    moderatorRule: undefined,
    features: undefined,
    lobbyBypass: undefined,
    mapping: DEFAULT_MAPPING,
    extraClaims: {},
    group: undefined,
    rooms: [],
    clients: [],
    weakSecret: false,
    createdAt: now,
  };
}
