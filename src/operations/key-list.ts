/**
 * What Prosody fetches of an issuer, made once per change and served from memory.
 *
 * @module
 */
import { asapFile } from '../crypto/digest.ts';
import { publicJwk } from '../crypto/rsa-key.ts';
import { type Issuer, isHs } from '../domain/issuer.ts';
import type { SigningKey } from '../domain/signing-key.ts';

export interface ServedKeys {
  /** `<sha256(kid)>.pem` → SPKI, PEM. Empty for HS issuers. */
  readonly asapFiles: ReadonlyMap<string, Buffer>;
  /** A JWK Set (RFC 7517) of RSA keys only: another kind makes older Prosodies hang. */
  readonly jwks: Buffer;
}

/** @param keys The served keys of all issuers. */
export function buildServedKeys(issuer: Issuer, keys: readonly SigningKey[]): ServedKeys {
  const own = isHs(issuer.algorithm)
    ? []
    : keys.filter(({ issuerId, ring }) => issuerId === issuer.id && ring === 'jitsi');

  return {
    asapFiles: new Map(own.map(({ kid, publicPem }) => [asapFile(kid), Buffer.from(publicPem)])),
    jwks: Buffer.from(
      JSON.stringify({
        keys: own.map(({ kid, publicPem }) => ({
          ...publicJwk(kid, publicPem),
          alg: issuer.algorithm,
        })),
      }),
    ),
  };
}
