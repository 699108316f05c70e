/**
 * What befalls a person, with all that goes with it. The operations on people and `apply` both
 * change them by these, in a transaction of their own.
 *
 * @module
 */
import { diffOf } from '../domain/audit-diff.ts';
import type { AuditEvent, AuditType } from '../domain/audit-event.ts';
import { fromUser } from '../domain/config-file/user-entry.ts';
import { DomainError } from '../domain/errors.ts';
import { mayManage, permissionsOf } from '../domain/permissions.ts';
import { loginKey, type User } from '../domain/user.ts';
import type { StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';

export interface UserChange {
  readonly tx: Pick<
    StoresInTransaction,
    | 'auditEvents'
    | 'groups'
    | 'identities'
    | 'knownDevices'
    | 'passwordLinks'
    | 'sessions'
    | 'upstreams'
    | 'users'
  >;
  readonly now: Date;
  readonly actor: Actor;
}

export interface NewPerson {
  readonly user: User;
  readonly groupIds: readonly string[];
  /** argon2id, PHC string. Without one nobody signs in as this person yet. */
  readonly passwordHash: string | undefined;
}

/** @throws {DomainError} `login_name_taken`. */
export async function addPerson(change: UserChange, person: NewPerson): Promise<void> {
  const { tx, now } = change;
  const { user, groupIds, passwordHash } = person;
  await tx.users.add(user, now);
  await tx.groups.setForUser(user.id, groupIds);
  if (passwordHash !== undefined) await tx.users.setPasswordHash(user.id, passwordHash, now);
  const made = diffOf(undefined, { ...fromUser(user), password: passwordHash }, ['password']);
  await recordOf(change, 'user.created', user, { ...made });
}

/** All sign-ins and links for a new password end, and other browsers are strangers again. */
export async function replacePassword(
  change: UserChange,
  user: User,
  passwordHash: string,
): Promise<void> {
  const { tx, now } = change;
  await tx.users.setPasswordHash(user.id, passwordHash, now);
  await tx.sessions.endAllOfUser(user.id);
  await tx.knownDevices.forgetUser(user.id);
  await tx.passwordLinks.revokeOf(user.id);
  await recordOf(change, 'user.password_changed', user, { after: { password: 'changed' } });
}

/**
 * What others knew of a person must not let them in as somebody else, or as somebody who may do more.
 * Links for a new password go with the e-mail address they were sent to, and with the role. Who rises
 * is signed out, and has no password any more: whoever looked after them may know it, by a list that
 * was imported or a link that was kept; an upstream that an address led to, whoever set the address.
 * See docs/decisions/0016.
 *
 * @param password `given`: the same change brings another.
 */
export async function settleIdentity(
  change: UserChange,
  { before, after, password }: IdentityChange,
): Promise<void> {
  const { tx, now } = change;
  const hasMoved = loginKey(before.email ?? '') !== loginKey(after.email ?? '');
  if (hasMoved || before.role !== after.role) await tx.passwordLinks.revokeOf(after.id);
  if (mayManage(permissionsOf(before.role), after.role) || after.source !== 'local') return;
  await tx.sessions.endAllOfUser(after.id);
  await tx.knownDevices.forgetUser(after.id);
  await tx.identities.removeLinks(after.id);
  if (password === 'given' || !(await tx.users.dropPassword(after.id, now))) return;
  const details = { before: { password: 'set' }, after: {}, because: 'role' };
  await recordOf(change, 'user.password_changed', after, details);
}

export interface IdentityChange {
  readonly before: User;
  readonly after: User;
  readonly password: 'given' | 'kept';
}

/** All sign-ins end at once. Whoever calls has seen that an administrator is left. */
export async function shutOut(change: UserChange, user: User): Promise<void> {
  const { tx, now } = change;
  await tx.users.setDisabledAt(user.id, now, now);
  const sessionsEnded = await tx.sessions.endAllOfUser(user.id);
  const changed = { before: {}, after: { disabled: true } };
  await recordOf(change, 'user.disabled', user, { sessionsEnded, ...changed });
}

export async function letIn(change: UserChange, user: User): Promise<void> {
  await change.tx.users.setDisabledAt(user.id, undefined, change.now);
  await recordOf(change, 'user.enabled', user, { before: { disabled: true }, after: {} });
}

/**
 * The person of this username or e-mail address, whom nobody else changes before the transaction
 * ends.
 *
 * @throws {DomainError} `user_not_found`.
 */
export async function holdByName(
  { users }: Pick<StoresInTransaction, 'users'>,
  name: string,
): Promise<User> {
  const found = await users.findByLoginName(name);
  const user = found && (await users.hold(found.user.id));
  if (!user) throw new DomainError('user_not_found', { name });
  return user;
}

export async function recordOf(
  { tx, now, actor }: Pick<UserChange, 'tx' | 'now' | 'actor'>,
  type: AuditType & `user.${string}`,
  user: Pick<User, 'id' | 'username'>,
  details?: AuditEvent['details'],
): Promise<void> {
  const target = { targetType: 'user', targetId: user.id, targetName: user.username };
  await tx.auditEvents.add({ at: now, type, ...actor, ...target, details });
}
