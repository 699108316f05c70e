/**
 * Links with which people set their own password: nobody else ever knows it.
 *
 * @module
 */
import { tokenHash } from '../../crypto/digest.ts';
import type { PasswordHasher } from '../../crypto/password.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import type { User } from '../../domain/user.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { Actor, Author } from '../actor.ts';
import { checkNewPassword } from '../new-password.ts';
import { checkOwnPassword } from '../upstreams/ownership.ts';
import { recordOf, replacePassword } from '../user-changes.ts';
import { holdUser, type UserRef } from './find-user.ts';
import { checkMayManage } from './guard.ts';

export const PASSWORD_LINK_SECONDS = 7 * 24 * 3600;

export interface InviteDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'token'>;
}

export interface Invitation {
  readonly user: User;
  /** For the address `/password/{token}`; nobody keeps it. */
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Makes a link; any earlier link of the person dies. The password they have goes on.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `field_owned_by_upstream`.
 */
export async function inviteUser(
  { stores, clock, random }: InviteDeps,
  { who, actor, permissions }: Author & { readonly who: UserRef },
): Promise<Invitation> {
  const token = random.token();
  return stores.transaction(async (tx) => {
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    await checkOwnPassword(tx, user);
    const now = clock.now();
    const expiresAt = new Date(now.getTime() + PASSWORD_LINK_SECONDS * 1000);
    await tx.passwordLinks.replace({
      tokenHash: tokenHash(token),
      userId: user.id,
      now,
      expiresAt,
    });
    await recordOf({ tx, now, actor }, 'user.invited', user, { expiresAt });
    return { user, token, expiresAt };
  });
}

export interface UseLinkDeps {
  readonly stores: Pick<Stores, 'passwordLinks' | 'transaction' | 'users'>;
  readonly clock: Clock;
}

/**
 * Whose link it is. Consumes nothing.
 *
 * @throws {DomainError} `password_link_invalid`.
 */
export async function checkPasswordLink(
  { stores, clock }: UseLinkDeps,
  token: string,
): Promise<User> {
  const id = await stores.passwordLinks.findOwner(tokenHash(token), clock.now());
  return whoMay(id === undefined ? undefined : await stores.users.findById(id));
}

export interface UseLinkInput {
  readonly token: string;
  readonly password: string;
  readonly actor: Pick<Actor, 'ip' | 'requestId'>;
}

/**
 * Sets the password, once; all sign-ins of the person end. A password we do not take leaves the
 * link as it was.
 *
 * @throws {DomainError} `password_link_invalid`, `password_weak`, `hashing_busy`.
 */
export async function usePasswordLink(
  deps: UseLinkDeps & { readonly passwords: Pick<PasswordHasher, 'hash'> },
  { token, password, actor }: UseLinkInput,
): Promise<User> {
  const { stores, clock, passwords } = deps;
  checkNewPassword(password, await checkPasswordLink(deps, token));
  const passwordHash = await passwords.hash(password);

  return stores.transaction(async (tx) => {
    const now = clock.now();
    // The person before the link, as everybody else takes them: else two wait for each other.
    const user = await holdOwner(tx, await tx.passwordLinks.findOwner(tokenHash(token), now));
    if ((await tx.passwordLinks.consume(tokenHash(token), now)) !== user.id)
      throw new DomainError('password_link_invalid', undefined);
    await checkOwnPassword(tx, user);
    const self = { ...actor, actorId: user.id, actorName: user.username };
    await replacePassword({ tx, now, actor: self }, user, passwordHash);
    return user;
  });
}

async function holdOwner(tx: StoresInTransaction, id: string | undefined): Promise<User> {
  return whoMay(id === undefined ? undefined : await tx.users.hold(id));
}

/** A link lets nobody in who is shut out. */
function whoMay(user: User | undefined): User {
  if (!user || user.disabledAt) throw new DomainError('password_link_invalid', undefined);
  return user;
}
