import { type Permission, permissionsOf, type UserRole } from './permissions.ts';

/** Begins every token, so that people and scanners of leaked secrets know one when they see it. */
export const API_KEY_PREFIX = 'rk_';
export const API_KEY_NAME_MAX = 100;

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

export type ApiKeyState = 'active' | 'expired' | 'revoked';

export function stateOf(
  { expiresAt, revokedAt }: Pick<ApiKey, 'expiresAt' | 'revokedAt'>,
  now: Date,
): ApiKeyState {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt <= now ? 'expired' : 'active';
}

/** How exact `lastUsedAt` is: no call of the same minute writes it again. */
const USE_SECONDS = 60;

export function isUseDue({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, now: Date): boolean {
  return !lastUsedAt || now.getTime() - lastUsedAt.getTime() >= USE_SECONDS * 1000;
}
