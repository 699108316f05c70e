import { diffOf, isEmpty } from '../domain/audit-diff.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { Profile, User } from '../domain/user.ts';
import { checkFields, type ProfileInput, profileSchema } from '../domain/user-fields.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { checkOwned } from './upstreams/ownership.ts';
import { recordOf } from './user-changes.ts';

export interface UpdateProfileDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface UpdateProfileInput {
  readonly userId: string;
  /** Absent: as it was. `null`: none. */
  readonly profile: ProfileInput;
  readonly actor: Actor;
}

/**
 * Changes what people may change of themselves, and no more: e-mail, username, attributes and
 * groups feed rules.
 *
 * @throws {DomainError} `input_invalid`, `user_not_found`, `field_owned_by_upstream`.
 */
export async function updateProfile(
  { stores, clock }: UpdateProfileDeps,
  { userId, profile, actor }: UpdateProfileInput,
): Promise<User> {
  const changes = checkFields(profileSchema, profile);
  return stores.transaction(async (tx) => {
    const user = await tx.users.hold(userId);
    if (!user) throw new DomainError('user_not_found', { name: userId });

    const wanted: Profile = {
      displayName: changes.displayName ?? user.displayName,
      language: wish(changes.language, user.language),
      avatarUrl: wish(changes.avatarUrl, user.avatarUrl),
    };
    await checkOwned(tx, user, { ...user, ...wanted });
    const details = { ...diffOf(profileOf(user), wanted) };
    if (isEmpty(details)) return user;

    const now = clock.now();
    await tx.users.updateProfile(user.id, wanted, now);
    await recordOf({ tx, now, actor }, 'user.updated', user, details);
    return { ...user, ...wanted };
  });
}

function wish(wanted: string | null | undefined, now: string | undefined): string | undefined {
  return wanted === undefined ? now : (wanted ?? undefined);
}

function profileOf({ displayName, language, avatarUrl }: User): Profile {
  return { displayName, language, avatarUrl };
}
