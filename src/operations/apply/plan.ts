/**
 * What an apply is going to do. Made by reading alone, so that a dry run and a refusal write
 * nothing.
 *
 * @module
 */
import { diffOfFields } from '../../domain/audit-diff.ts';
import type { AuditEvent } from '../../domain/audit-event.ts';
import type { Random } from '../../domain/clock.ts';
import type { Change } from '../../domain/config-file/change.ts';
import type { FileMistake } from '../../domain/config-file/mistake.ts';
import type { ConfigFile } from '../../domain/config-file/schema.ts';
import type { StoresInTransaction } from '../../stores/index.ts';
import type { Actor } from '../actor.ts';

export interface PlanContext {
  readonly tx: StoresInTransaction;
  readonly file: ConfigFile;
  /** Remove what the sections that are present do not name. */
  readonly prune: boolean;
  readonly now: Date;
  readonly random: Random;
  readonly actor: Actor;
  /** Whose origin the `iss` of a new issuer gets. */
  readonly publicUrl: URL;
}

export interface Step {
  readonly change: Change;
  write(): Promise<void>;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly mistakes: readonly FileMistake[];
}

type Target = Pick<AuditEvent, 'targetId' | 'targetName' | 'issuerId' | 'details'>;

/** Writes an event of the apply in its transaction. */
export async function writeDown(
  { tx, now, actor }: Pick<PlanContext, 'tx' | 'now' | 'actor'>,
  type: AuditEvent['type'],
  target: Target,
): Promise<void> {
  const targetType = type.slice(0, type.indexOf('.'));
  await tx.auditEvents.add({ at: now, type, ...actor, targetType, ...target });
}

/** For `details` of an event: the fields that changed, and what they held; never a secret. */
export function changedValues({ kind, fields }: Change): AuditDetails {
  const { before, after } = diffOfFields(fields);
  return kind === 'created' ? { after } : { before, after };
}

type AuditDetails = NonNullable<AuditEvent['details']>;
