import { createPrivateKey, type KeyObject } from 'node:crypto';
import { importPKCS8 } from 'jose';
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  None,
  PrivateKeyJwt,
} from 'openid-client';
import { oidcError } from '../../domain/upstreams/oidc-error.ts';
import type { OidcUpstream, UpstreamSecrets } from '../../domain/upstreams/upstream.ts';

/** How Roomkey proves itself at the token endpoint. */
export async function clientAuth(
  upstream: OidcUpstream,
  { secret, privateKey }: UpstreamSecrets,
): Promise<ClientAuth> {
  if (upstream.auth === 'none') return None();
  if (upstream.auth === 'private_key_jwt')
    return PrivateKeyJwt(await readKey(upstream, privateKey));
  if (!secret) throw oidcError(upstream, 'client_refused', 'no secret');
  return upstream.auth === 'client_secret_post'
    ? ClientSecretPost(secret)
    : ClientSecretBasic(secret);
}

async function readKey(upstream: OidcUpstream, pem: string | undefined) {
  try {
    const key = createPrivateKey(pem ?? '');
    const algorithm = algorithmOf(key);
    if (pem !== undefined && algorithm !== undefined) return await importPKCS8(pem, algorithm);
  } catch {
    // Told below: its words might quote the key.
  }
  throw oidcError(upstream, 'client_key_unusable');
}

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject) {
  if (type === 'rsa') return 'RS256';
  if (type === 'ed25519') return 'Ed25519';
  const curve = asymmetricKeyDetails?.namedCurve ?? '';
  return { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[curve];
}
