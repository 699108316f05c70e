/**
 * The kill switch. A stop holds at the next request in every process: it is part of what they keep
 * in memory, and the version of that is asked for with each session.
 *
 * @module
 */
import type { AuditEvent } from '../domain/audit-event.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { type StopFields, stopSchema } from '../domain/stop-fields.ts';
import { type StopSubject, stateOfStop, type TokenStop } from '../domain/token-stop.ts';
import { checkFields } from '../domain/user-fields.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';

export interface StopTokensDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface StopTokensInput {
  readonly fields: StopFields;
  readonly actor: Actor;
}

/** @throws {DomainError} `input_invalid`, also for users and issuers that are not there. */
export async function stopTokens(
  { stores, clock, random }: StopTokensDeps,
  { fields, actor }: StopTokensInput,
): Promise<TokenStop> {
  const { reason, endsAt, ...named } = checkFields(stopSchema, fields);
  const now = clock.now();
  if (endsAt && endsAt <= now) throw invalid('endsAt', 'must be in the future');

  return stores.transaction(async (tx) => {
    const { subject, name } = await findSubject(tx, named);
    const stop: TokenStop = {
      id: random.uuid(),
      subject,
      name,
      reason,
      createdAt: now,
      createdBy: actor.actorName,
      endsAt,
      liftedAt: undefined,
      liftedBy: undefined,
    };
    await tx.tokenStops.add(stop, actor.actorId);
    await tx.catalogVersion.bump();
    const after = { reason, ...(endsAt && { endsAt }), ...roomOf(subject) };
    await tx.auditEvents.add({
      ...describe(stop, actor),
      at: now,
      type: 'stop.created',
      details: { stop: stop.id, after },
    });
    return stop;
  });
}

export interface LiftStopInput {
  readonly id: string;
  readonly actor: Actor;
}

/**
 * Lets tokens be issued again as the rules say. One that is lifted or has ended stays as it is.
 *
 * @throws {DomainError} `stop_not_found`.
 */
export async function liftStop(
  { stores, clock }: Omit<StopTokensDeps, 'random'>,
  { id, actor }: LiftStopInput,
): Promise<TokenStop> {
  return stores.transaction(async (tx) => {
    const now = clock.now();
    const stop = UUID.test(id) ? await tx.tokenStops.hold(id) : undefined;
    if (!stop) throw new DomainError('stop_not_found', undefined);
    if (stateOfStop(stop, now) !== 'in_force') return stop;

    await tx.tokenStops.lift(id, { liftedBy: actor.actorName, now });
    await tx.catalogVersion.bump();
    const before = { reason: stop.reason, ...roomOf(stop.subject) };
    await tx.auditEvents.add({
      ...describe(stop, actor),
      at: now,
      type: 'stop.lifted',
      details: { stop: id, before, after: {} },
    });
    return { ...stop, liftedAt: now, liftedBy: actor.actorName };
  });
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @throws {DomainError} `stop_not_found`. */
export async function findStop(
  { tokenStops }: Pick<Stores, 'tokenStops'>,
  id: string,
): Promise<TokenStop> {
  const stop = UUID.test(id) ? await tokenStops.find(id) : undefined;
  if (!stop) throw new DomainError('stop_not_found', undefined);
  return stop;
}

export interface NamedSubject {
  /** Username or e-mail address. */
  readonly user?: string | undefined;
  /** Slug. */
  readonly issuer?: string | undefined;
  /** Name or pattern of rooms of that issuer. */
  readonly room?: string | undefined;
}

/** @throws {DomainError} `input_invalid`. */
export async function findSubject(
  { users, issuers }: Pick<StoresInTransaction, 'users' | 'issuers'>,
  { user, issuer, room }: NamedSubject,
): Promise<{ readonly subject: StopSubject; readonly name: string }> {
  if (user !== undefined) {
    const found = await users.findByLoginName(user);
    if (!found) throw invalid('user', `there is no user ${user}`);
    return { subject: { kind: 'user', userId: found.user.id }, name: found.user.username };
  }
  const found = issuer === undefined ? undefined : await issuers.findBySlug(issuer);
  if (!found) throw invalid('issuer', `there is no issuer ${issuer ?? ''}`);
  const { id: issuerId, slug: name } = found;
  if (room === undefined) return { subject: { kind: 'issuer', issuerId }, name };
  return { subject: { kind: 'room', issuerId, pattern: room }, name };
}

function roomOf(subject: StopSubject) {
  return subject.kind === 'room' ? { room: subject.pattern } : {};
}

function describe({ subject, name }: TokenStop, actor: Actor): Omit<AuditEvent, 'at' | 'type'> {
  if (subject.kind === 'user')
    return { ...actor, targetType: 'user', targetId: subject.userId, targetName: name };
  return {
    ...actor,
    targetType: 'issuer',
    targetId: subject.issuerId,
    targetName: name,
    issuerId: subject.issuerId,
    ...(subject.kind === 'room' && { room: subject.pattern }),
  };
}

function invalid(path: string, message: string): DomainError<'input_invalid'> {
  return new DomainError('input_invalid', { issues: [{ path, message }] });
}
