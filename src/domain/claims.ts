/**
 * The claims Prosody's token modules and the Jitsi clients read, and nothing else.
 *
 * Sources: lib-jitsi-meet `doc/tokens.md`, jitsi-meet `resources/prosody-plugins`. Prosody hangs
 * on null and on control characters in `context.user`, so both are kept out here.
 *
 * @module
 */
import type { Allowed } from './decide.ts';
import { DomainError } from './errors.ts';
import type { FeatureStates } from './feature.ts';
import type { Issuer } from './issuer.ts';
import type { Room } from './room.ts';
import type { RuleError } from './rules/engine.ts';
import type { CompiledClaim, CompiledIssuer } from './rules/compiled-issuer.ts';
import { type AuthFacts, type RuleContext, ruleContext } from './rules/facts.ts';
import type { User } from './user.ts';

export interface JitsiUser {
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly avatar?: string;
  readonly affiliation: 'owner' | 'member';
  readonly moderator: 'true' | 'false';
  /** Read by jitsi-contrib's `token_lobby_bypass`. */
  readonly lobby_bypass?: 'true';
  readonly [extra: string]: string | undefined;
}

export interface JitsiContext {
  readonly user: JitsiUser;
  readonly group?: string;
  readonly features?: Readonly<Record<string, string | true>>;
  readonly [extra: string]: unknown;
}

export interface JitsiClaims {
  readonly iss: string;
  readonly aud: string;
  /** Tenant or domain; `*` for every tenant of the server. */
  readonly sub: string;
  /** jitsi-meet's `roomSafe`; `*` for every room. */
  readonly room: string;
  /** NumericDate: whole seconds since the epoch (RFC 7519, section 2). */
  readonly iat: number;
  /** NumericDate; back-dated, because Prosody allows clocks no leeway. */
  readonly nbf: number;
  /** NumericDate. */
  readonly exp: number;
  readonly jti: string;
  readonly context: JitsiContext;
  readonly [extra: string]: unknown;
}

export interface JitsiClaimsInput {
  readonly issuer: CompiledIssuer;
  readonly user: User;
  readonly decision: Allowed;
  readonly room: Room;
  readonly tenant: string | undefined;
  readonly now: Date;
  readonly jti: string;
  readonly auth: AuthFacts;
  readonly ip: string | undefined;
}

/**
 * Builds the payload of one Jitsi token. A mapping that fails or gives nothing is left out.
 *
 * @throws {DomainError} with `sub: tenant`: `issuer_without_server` for no tenant and no domain,
 *   `tenant_invalid` for a tenant that is called as the domain.
 */
export function buildJitsiClaims(input: JitsiClaimsInput): JitsiClaims {
  const { user, decision, room, tenant, now, jti, auth, ip } = input;
  const { issuer, claims } = input.issuer;
  const iat = Math.floor(now.getTime() / 1000);
  const context = ruleContext({ user, room: room.canonical, tenant, now, auth, ip }, issuer.slug);

  const mapped = mapClaims(mapEntries(claims, context));
  const mappedContext = objectIn(mapped, 'context');

  return {
    ...mapped,
    iss: issuer.iss,
    aud: issuer.appId,
    sub: subjectOf(issuer, tenant),
    room: issuer.anyRoom ? '*' : room.safe,
    iat,
    nbf: iat - issuer.nbfSkewSeconds,
    exp: iat + issuer.tokenTtlSeconds,
    jti,
    context: {
      ...mappedContext,
      user: {
        ...mappedUser(mappedContext, decision),
        affiliation: decision.role === 'moderator' ? 'owner' : 'member',
        moderator: decision.role === 'moderator' ? 'true' : 'false',
        ...(decision.lobbyBypass ? { lobby_bypass: 'true' as const } : {}),
      },
      ...(decision.features ? { features: presentFeatures(decision.features) } : {}),
    },
  };
}

/** Where a lobby rule is set, it alone says who passes the lobby: no mapping does. */
function mappedUser(context: Claims, { lobbyBypass }: Allowed): Readonly<Record<string, string>> {
  const user = objectIn(context, 'user') as Readonly<Record<string, string>>;
  if (lobbyBypass === undefined) return user;
  const { lobby_bypass: _mapped, ...rest } = user;
  return rest;
}

/** Prosody takes `name-readonly` from a boolean alone (`mod_muc_displayname`). */
function presentFeatures(states: FeatureStates): Readonly<Record<string, string | true>> {
  const readonlyName = states['name-readonly'] === 'true';
  return { ...states, ...(readonlyName ? { 'name-readonly': true as const } : {}) };
}

function subjectOf(
  { slug, sub, xmppDomain, serverUrl }: Issuer,
  tenant: string | undefined,
): string {
  if (sub !== 'tenant') return sub;
  const domain = xmppDomain ?? (serverUrl === undefined ? undefined : new URL(serverUrl).hostname);
  // Prosody takes the domain for "in no tenant": a tenant of that name would open those rooms, too.
  if (tenant !== undefined && tenant === domain) throw new DomainError('tenant_invalid', undefined);
  const subject = tenant ?? domain;
  if (subject === undefined) throw new DomainError('issuer_without_server', { slug });
  return subject;
}

interface Claims {
  [name: string]: string | Claims;
}

/** What one entry of the mapping came to. */
export interface MappedEntry {
  readonly claim: CompiledClaim;
  /** Empty: the claim is left out. */
  readonly value: string;
  readonly error?: RuleError['error'];
}

export function mapEntries(
  claims: readonly CompiledClaim[],
  context: RuleContext,
): readonly MappedEntry[] {
  return claims.map((claim) => {
    const result = claim.mapping.evaluate(context);
    if ('error' in result) return { claim, value: '', error: result.error };
    return { claim, value: printable(result.value ?? '') };
  });
}

function mapClaims(entries: readonly MappedEntry[]): Claims {
  const mapped: Claims = {};
  for (const { claim, value } of entries) if (value !== '') put(mapped, claim.path, value);
  return mapped;
}

/** Runs of control characters, and what XML 1.0 cannot hold, become one space. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]+/gu, ' ').trim();
}

function put(target: Claims, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = objectIn(target, name);
  target[name] = inner;
  put(inner, rest, value);
}

function objectIn(claims: Claims, name: string): Claims {
  const inner = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof inner === 'object' ? inner : {};
}
