/**
 * What a provider says of itself: discovered when first needed, kept for a while, looked for again
 * when it was not there.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { allowInsecureRequests, customFetch, discovery, type ServerMetadata } from 'openid-client';
import type { Clock } from '../../domain/clock.ts';
import type { AnyDomainError } from '../../domain/errors.ts';
import { oidcError } from '../../domain/upstreams/oidc-error.ts';
import type { OidcFault } from '../../domain/upstreams/oidc-fault.ts';
import type { OidcUpstream } from '../../domain/upstreams/upstream.ts';
import { fetchThrough, isSafeAddress, type Transport, TransportError } from './transport.ts';

const KEPT_MS = 10 * 60_000;
/** So long nobody is asked again: a provider that is down costs people no waiting. */
const DOWN_MS = 5000;

export type FindProvider = (upstream: OidcUpstream) => Promise<ServerMetadata>;

interface Known {
  readonly upstream: OidcUpstream;
  readonly until: number;
  readonly metadata: Promise<ServerMetadata>;
}

/** Concurrent questions share one request. */
export function createProviderFinder(
  transport: Transport,
  clock: Clock,
): { readonly find: FindProvider; forget(upstream: OidcUpstream): void } {
  const known = new Map<string, Known>();

  const look = (upstream: OidcUpstream): Known => {
    const until = clock.now().getTime() + KEPT_MS;
    const entry = { upstream, until, metadata: describe(upstream, transport) };
    known.set(upstream.id, entry);
    entry.metadata.catch(() => {
      if (known.get(upstream.id) === entry)
        known.set(upstream.id, { ...entry, until: clock.now().getTime() + DOWN_MS });
    });
    return entry;
  };

  return {
    find: async (upstream) => {
      const held = known.get(upstream.id);
      const isGood =
        held && held.until > clock.now().getTime() && isDeepStrictEqual(held.upstream, upstream);
      return (isGood ? held : look(upstream)).metadata;
    },
    forget: ({ id }) => void known.delete(id),
  };
}

async function describe(upstream: OidcUpstream, transport: Transport): Promise<ServerMetadata> {
  const told = upstream.endpoints
    ? fromSettings(upstream, upstream.endpoints)
    : await discover(upstream, transport);
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
    mustBeSafe(upstream, transport, told[name]);
  for (const name of ['userinfo_endpoint', 'end_session_endpoint'] as const)
    if (told[name] !== undefined) mustBeSafe(upstream, transport, told[name]);

  if (!upstream.quirks.includes('iss_parameter_missing')) return told;
  return { ...told, authorization_response_iss_parameter_supported: false };
}

function mustBeSafe(upstream: OidcUpstream, transport: Transport, text: unknown): void {
  const address = typeof text === 'string' ? URL.parse(text) : null;
  if (!address) throw oidcError(upstream, 'endpoint_missing');
  if (!isSafeAddress(address, transport))
    throw oidcError(upstream, 'address_insecure', address.origin);
}

/** With a key of their own, all of them; never with a secret that both sides know. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

function fromSettings(
  { issuerUrl }: OidcUpstream,
  endpoints: NonNullable<OidcUpstream['endpoints']>,
): ServerMetadata {
  const { authorization, token, jwks, userinfo, endSession } = endpoints;
  return {
    issuer: issuerUrl,
    authorization_endpoint: authorization,
    token_endpoint: token,
    jwks_uri: jwks,
    ...(userinfo === undefined ? {} : { userinfo_endpoint: userinfo }),
    ...(endSession === undefined ? {} : { end_session_endpoint: endSession }),
    id_token_signing_alg_values_supported: ALGORITHMS,
  };
}

async function discover(upstream: OidcUpstream, transport: Transport): Promise<ServerMetadata> {
  const bare = withoutSlash(upstream.issuerUrl);
  const address = new URL(`${bare}/.well-known/openid-configuration`);
  if (!isSafeAddress(address, transport))
    throw oidcError(upstream, 'address_insecure', address.origin);
  const metadata = await fetchMetadata(upstream, transport, address);

  // OpenID Connect Discovery 1.0, section 4.3: the same, letter by letter.
  const isSame = upstream.quirks.includes('issuer_slash_differs')
    ? withoutSlash(metadata.issuer) === bare
    : metadata.issuer === upstream.issuerUrl;
  if (!isSame) throw oidcError(upstream, 'issuer_wrong');
  return metadata;
}

async function fetchMetadata(upstream: OidcUpstream, transport: Transport, address: URL) {
  try {
    const configuration = await discovery(address, upstream.clientId, undefined, undefined, {
      [customFetch]: fetchThrough(transport),
      execute: transport.allowLoopback ? [allowInsecureRequests] : [],
    });
    return configuration.serverMetadata();
  } catch (error) {
    throw whyUnknown(upstream, error);
  }
}

function whyUnknown(upstream: OidcUpstream, error: unknown): AnyDomainError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof TransportError) return oidcError(upstream, cause.fault, cause.message);
  if (!(error instanceof Error)) throw error;
  const fault: OidcFault = 'discovery_unreadable';
  return oidcError(upstream, fault, 'code' in error ? String(error.code) : '');
}

const withoutSlash = (address: string) => address.replace(/\/$/, '');
