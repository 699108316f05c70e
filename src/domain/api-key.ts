import { type Permission, permissionsOf, type UserRole } from './permissions.ts';

/** Of a machine. Its token is shown once; only the SHA-256 is kept. */
export interface ApiKey {
  /** UUID; safe to show. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Permission[];
  /** The user who made it: the key may never do more than they may. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  /** Exact to a minute. */
  readonly lastUsedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** What a key may do now: its scopes, as far as its maker still has them. */
export function powersOf(
  { scopes }: Pick<ApiKey, 'scopes'>,
  makersRole: UserRole | undefined,
): readonly Permission[] {
  const theirs = permissionsOf(makersRole);
  return scopes.filter((scope) => theirs.includes(scope));
}
