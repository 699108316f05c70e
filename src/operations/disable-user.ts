import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';

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
): Promise<void> {
  await stores.transaction(async (tx) => {
    // Held by all that takes administrators away: two cannot each leave the other as the last.
    await tx.lock('apply');
    const found = await tx.users.findByLoginName(name);
    if (!found) throw new DomainError('user_not_found', { name });
    const { user } = found;
    if (user.disabledAt) return;

    const now = clock.now();
    await tx.users.setDisabledAt(user.id, now, now);
    if (user.role === 'administrator' && (await tx.users.countAdministrators()) === 0)
      throw new DomainError('last_administrator', undefined);
    const sessions = await tx.sessions.endAllOfUser(user.id);
    await tx.auditEvents.add({
      at: now,
      type: 'user.disabled',
      ...actor,
      targetType: 'user',
      targetId: user.id,
      targetName: user.username,
      details: { sessionsEnded: sessions },
    });
  });
}
