import type { ClientMetadata } from 'oidc-provider';
import { type Client, needsSecret } from '../../domain/client.ts';

/** A client in the words of OpenID Connect Dynamic Client Registration, section 2. */
export function toMetadata(client: Client, secret: string | undefined): ClientMetadata | undefined {
  if (needsSecret(client) && secret === undefined) return undefined;
  return {
    client_id: client.clientId,
    client_name: client.name,
    token_endpoint_auth_method: client.auth,
    ...(needsSecret(client) && secret !== undefined ? { client_secret: secret } : {}),
    ...(client.jwks ? { jwks: { keys: client.jwks.keys.map((key) => ({ ...key })) } } : {}),
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: client.scopes.join(' '),
    application_type: 'web',
    subject_type: 'public',
    id_token_signed_response_alg: 'RS256',
  };
}
