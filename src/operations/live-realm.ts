/**
 * The side of an issuer that speaks OpenID Connect, as a process holds it.
 *
 * @module
 */
import { createRsSigner, type Signer } from '../crypto/jwt.ts';
import { privateJwk, publicJwk } from '../crypto/rsa-key.ts';
import { type Issuer, isHs } from '../domain/issuer.ts';
import type { PrivateSigningKey, SigningKey } from '../domain/signing-key.ts';
import type { ClientSecrets } from '../stores/clients.ts';

export interface LiveRealm {
  /** Absent until the realm is used for the first time. */
  readonly keys: RealmKeys | undefined;
  /** Client id → its secrets, in clear. */
  readonly secrets: ReadonlyMap<string, ClientSecrets>;
  /** A JWK Set (RFC 7517): both rings, those of Jitsi tokens first. */
  readonly certs: Buffer;
  /** The served keys of the `oidc` ring. */
  readonly publicKeys: readonly SigningKey[];
}

export interface RealmKeys {
  /** The active key with its private members. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Signs access tokens of kind `at+jwt` (RFC 9068). */
  readonly accessTokens: Signer;
  /** Signs `logout+jwt` (OpenID Connect Back-Channel Logout). */
  readonly logoutTokens: Signer;
}

/** What an `oidc` ring signs with. Every library of an OpenID client reads it. */
export const REALM_ALGORITHM = 'RS256';

export interface RealmParts {
  /** Of all issuers. */
  readonly served: readonly SigningKey[];
  readonly signing: readonly PrivateSigningKey[];
  readonly secrets: ReadonlyMap<string, ClientSecrets> | undefined;
}

export function buildRealm(issuer: Issuer, { served, signing, secrets }: RealmParts): LiveRealm {
  const own = served.filter(({ issuerId }) => issuerId === issuer.id);
  const publicKeys = own.filter(({ ring }) => ring === 'oidc');
  const jitsi = isHs(issuer.algorithm) ? [] : own.filter(({ ring }) => ring === 'jitsi');
  const active = signing.find(({ issuerId, ring }) => issuerId === issuer.id && ring === 'oidc');
  const toJwk = (alg: string) => (key: SigningKey) => ({
    ...publicJwk(key.kid, key.publicPem),
    alg,
  });
  return {
    keys: active && toRealmKeys(active),
    secrets: secrets ?? new Map(),
    publicKeys,
    certs: Buffer.from(
      JSON.stringify({
        keys: [...jitsi.map(toJwk(issuer.algorithm)), ...publicKeys.map(toJwk(REALM_ALGORITHM))],
      }),
    ),
  };
}

function toRealmKeys(active: PrivateSigningKey): RealmKeys {
  return {
    jwk: { ...privateJwk(active.kid, active.privatePem), alg: REALM_ALGORITHM },
    accessTokens: createRsSigner(REALM_ALGORITHM, active, 'at+jwt'),
    logoutTokens: createRsSigner(REALM_ALGORITHM, active, 'logout+jwt'),
  };
}
