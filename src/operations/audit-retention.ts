import {
  RETENTION_MAX_DAYS,
  RETENTION_MIN_DAYS,
  RETENTION_SETTING,
  readRetention,
} from '../domain/audit-retention.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { faultText } from '../domain/faults.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';

const RANGE = { from: RETENTION_MIN_DAYS, to: RETENTION_MAX_DAYS };

export interface SetRetentionDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  /** Of the environment: then nothing can be set here. */
  readonly fixedRetentionDays: number | undefined;
}

/** @throws {DomainError} `setting_fixed`, `input_invalid`. */
export async function setAuditRetention(
  { stores, clock, fixedRetentionDays }: SetRetentionDeps,
  { days, actor }: { readonly days: number; readonly actor: Actor },
): Promise<void> {
  if (fixedRetentionDays !== undefined)
    throw new DomainError('setting_fixed', { variable: 'AUDIT_RETENTION_DAYS' });
  if (!Number.isInteger(days) || days < RETENTION_MIN_DAYS || days > RETENTION_MAX_DAYS)
    throw new DomainError('input_invalid', {
      issues: [{ path: 'days', message: faultText('whole', RANGE) }],
    });

  await stores.transaction(async (tx) => {
    const now = clock.now();
    await tx.lock('apply');
    const before = readRetention(undefined, await tx.settings.all()).days;
    if (before === days) return;
    await tx.settings.set(RETENTION_SETTING, days, now);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: now,
      type: 'settings.updated',
      ...actor,
      targetType: 'settings',
      targetName: RETENTION_SETTING,
      details: { before: { days: before }, after: { days } },
    });
  });
}
