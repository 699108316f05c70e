/**
 * Access tokens of the OpenID way. For a Jitsi client it is a Jitsi token, made by the function
 * that makes every Jitsi token; for any other client an `at+jwt` (RFC 9068).
 *
 * @module
 */
import type { Client } from '../domain/client.ts';
import { DomainError } from '../domain/errors.ts';
import type { OidcEntry } from '../domain/oidc-entry.ts';
import { claimsInScope, personClaims } from '../domain/person-claims.ts';
import { NO_ROOM } from '../domain/room.ts';
import { authFacts } from '../domain/rules/facts.ts';
import type { Session } from '../domain/session.ts';
import { checkTokenSize } from '../domain/token-size.ts';
import type { User } from '../domain/user.ts';
import {
  admit,
  type IssueJitsiTokenDeps,
  type IssueJitsiTokenInput,
  issueJitsiToken,
} from './issue-jitsi-token.ts';
import type { LiveIssuer } from './issuer-catalog.ts';

export interface ClientTokenInput {
  readonly live: LiveIssuer;
  readonly client: Client;
  /** The realm's address. */
  readonly iss: string;
  readonly user: User;
  readonly session: Session;
  /** For a Jitsi client: where it leads. */
  readonly entry: OidcEntry | undefined;
  readonly scopes: ReadonlySet<string>;
  /** → `jti`. */
  readonly tokenName: string;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

export interface ClientToken {
  /** Compact JWS. */
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** @throws {DomainError} as `issueJitsiToken` does. */
export async function issueClientToken(
  deps: IssueJitsiTokenDeps,
  input: ClientTokenInput,
): Promise<ClientToken> {
  if (input.client.kind === 'oidc') return issueAccessToken(deps, input);
  const { token, claims } = await issueJitsiToken(deps, toAdmission(input));
  return { token, expiresInSeconds: claims.exp - claims.iat };
}

export type ClientEntryInput = Omit<ClientTokenInput, 'scopes' | 'tokenName'>;

/**
 * Whether a token would be made, asked before a code is given for it. A refusal is written down.
 *
 * @throws {DomainError} `access_denied`.
 */
export async function admitToClient(
  deps: IssueJitsiTokenDeps,
  input: ClientEntryInput,
): Promise<void> {
  await admit(deps, toAdmission(input), deps.clock.now());
}

function toAdmission(input: ClientEntryInput): IssueJitsiTokenInput {
  const { live, client, user, session, entry, ip, requestId } = input;
  return {
    live: client.kind === 'jitsi' ? asClient(live, input) : live,
    user,
    session,
    room: entry?.room ?? NO_ROOM,
    tenant: entry?.tenant,
    ip,
    requestId,
    clientId: client.clientId,
  };
}

/** The issuer as the tokens of this client name it. */
function asClient(
  live: LiveIssuer,
  { client, iss }: Pick<ClientEntryInput, 'client' | 'iss'>,
): LiveIssuer {
  const { appId, anyRoom } = live.issuer;
  const issuer = {
    ...live.issuer,
    iss,
    appId: client.audience ?? appId,
    anyRoom: anyRoom || client.anyRoom,
  };
  return { ...live, issuer, compiled: { ...live.compiled, issuer } };
}

async function issueAccessToken(
  deps: IssueJitsiTokenDeps,
  input: ClientTokenInput,
): Promise<ClientToken> {
  const { live, client, iss, user, session, scopes, tokenName, ip } = input;
  const signer = live.realm.keys?.accessTokens;
  if (!signer) throw new DomainError('signing_key_missing', { slug: live.issuer.slug });
  const now = deps.clock.now();
  const { record } = await admit(deps, toAdmission(input), now);

  const auth = authFacts(session, now);
  const person = personClaims(live.compiled, { user, now, auth, ip });
  const iat = Math.floor(now.getTime() / 1000);
  const ttl = client.tokenTtlSeconds ?? live.issuer.tokenTtlSeconds;
  const claims = {
    ...claimsInScope(person, scopes),
    iss,
    sub: user.id,
    aud: client.audience ?? client.clientId,
    client_id: client.clientId,
    scope: [...scopes].join(' '),
    iat,
    exp: iat + ttl,
    jti: tokenName,
    auth_time: Math.floor(session.authenticatedAt.getTime() / 1000),
    sid: session.id,
  };
  const token = await signer.sign(JSON.stringify(claims));
  checkTokenSize(token, claims);
  await record({ kid: signer.kid, jti: tokenName, exp: claims.exp });
  return { token, expiresInSeconds: ttl };
}
