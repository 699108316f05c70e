/**
 * Who may sign in with a password of ours.
 *
 * @module
 */
import { z } from 'zod';
import type { User } from './user.ts';
import { oneOf } from './config-file/values.ts';

export const LOCAL_SIGN_INS = ['everyone', 'administrators'] as const;

export const signInSchema = z.object({
  /** `administrators`: whoever has a role in the admin UI; all others come from an upstream. */
  local: oneOf(LOCAL_SIGN_INS).default('everyone'),
});
export type SignInSetting = z.output<typeof signInSchema>;

/** Name of the setting that holds it. */
export const SIGN_IN_SETTING = 'sign_in';

/** What is stored; for everyone when nothing is, or nothing we can read. */
export function readSignIn(stored: unknown): SignInSetting {
  const result = signInSchema.safeParse(stored);
  return result.success ? result.data : { local: 'everyone' };
}

/** Whether a password of ours is enough for this person. */
export function maySignInLocally({ role }: Pick<User, 'role'>, stored: unknown): boolean {
  return role !== undefined || readSignIn(stored).local === 'everyone';
}
