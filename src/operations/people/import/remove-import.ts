import type { Clock } from '../../../domain/clock.ts';
import { DomainError } from '../../../domain/errors.ts';
import type { Stores } from '../../../stores/index.ts';
import type { Actor } from '../../actor.ts';
import { findImport } from './import-users.ts';

export interface RemoveImportDeps {
  readonly stores: Pick<Stores, 'imports' | 'transaction'>;
  readonly clock: Clock;
}

/**
 * Forgets the file and its results; people stay.
 *
 * @throws {DomainError} `import_not_found`.
 */
export async function removeImport(
  { stores, clock }: RemoveImportDeps,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<void> {
  const one = await findImport({ stores }, id);
  await stores.transaction(async (tx) => {
    if (!(await tx.imports.remove(id))) throw new DomainError('import_not_found', undefined);
    await tx.auditEvents.add({
      at: clock.now(),
      type: 'import.removed',
      ...actor,
      targetType: 'import',
      targetId: id,
      targetName: one.fileName,
      details: { state: one.state, total: one.total, ...one.counts },
    });
  });
}
