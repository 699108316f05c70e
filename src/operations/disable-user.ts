import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { administers, losesLastAdministrator, type User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { holdByName, letIn, shutOut } from './user-changes.ts';

export interface DisableUserDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface DisableUserInput {
  /** Username or e-mail address. */
  readonly name: string;
  readonly actor: Actor;
}

/**
 * Shuts somebody out: all their sign-ins end at once. A second time it does nothing.
 *
 * @throws {DomainError} `user_not_found`, `last_administrator`.
 */
export async function disableUser(
  { stores, clock }: DisableUserDeps,
  { name, actor }: DisableUserInput,
): Promise<User> {
  return stores.transaction(async (tx) => {
    // Held by all that takes administrators away: two cannot each leave the other as the last.
    await tx.lock('apply');
    const user = await holdByName(tx, name);
    if (user.disabledAt) return user;

    const administrators = await tx.users.countAdministrators();
    const left = administers(user) ? administrators - 1 : administrators;
    if (losesLastAdministrator(administrators, left))
      throw new DomainError('last_administrator', undefined);
    await shutOut({ tx, now: clock.now(), actor }, user);
    return user;
  });
}

/**
 * Lets somebody sign in again. Whom nobody shut out it leaves alone.
 *
 * @throws {DomainError} `user_not_found`.
 */
export async function enableUser(
  { stores, clock }: DisableUserDeps,
  { name, actor }: DisableUserInput,
): Promise<User> {
  return stores.transaction(async (tx) => {
    const user = await holdByName(tx, name);
    if (user.disabledAt) await letIn({ tx, now: clock.now(), actor }, user);
    return user;
  });
}
