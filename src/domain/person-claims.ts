/**
 * What an ordinary client learns of a person, by the scopes it was given (OpenID Connect Core,
 * section 5.4, and two of ours).
 *
 * @module
 */
import { mapEntries } from './claims.ts';
import type { CompiledIssuer } from './rules/compiled-issuer.ts';
import { type AuthFacts, ruleContext } from './rules/facts.ts';
import type { User } from './user.ts';

/** Scope → the claims it lets through. */
export const SCOPE_CLAIMS = {
  openid: ['sub', 'sid', 'auth_time', 'acr', 'amr'],
  profile: ['name', 'preferred_username', 'picture', 'locale'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
  attributes: ['attributes'],
} as const;

export interface PersonFacts {
  readonly user: User;
  readonly now: Date;
  readonly auth: AuthFacts;
  readonly ip: string | undefined;
}

/** All claims there are of a person, whatever the scope. The name is the one the meetings show. */
export function personClaims(compiled: CompiledIssuer, facts: PersonFacts) {
  const { user } = facts;
  const context = ruleContext({ ...facts, room: '', tenant: undefined }, compiled.issuer.slug);
  const entries = mapEntries(compiled.claims, context);
  const mapped = (name: string) =>
    entries.find(({ claim }) => claim.path.join('.') === `context.user.${name}`)?.value;
  const claims = {
    sub: user.id,
    name: mapped('name') || user.displayName,
    preferred_username: user.username,
    picture: mapped('avatar') || undefined,
    locale: user.language,
    email: user.email,
    // Only the administrator or an upstream sets it, and that one only when it is verified.
    email_verified: user.email === undefined ? undefined : true,
    groups: [...user.groups],
    attributes: { ...user.attributes },
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** Those of them that the scopes let through. */
export function claimsInScope(
  claims: Readonly<Record<string, unknown>>,
  scopes: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const names = Object.entries(SCOPE_CLAIMS).flatMap(([scope, own]) =>
    scopes.has(scope) ? [...own] : [],
  );
  const allowed = new Set<string>(names);
  return Object.fromEntries(Object.entries(claims).filter(([name]) => allowed.has(name)));
}
