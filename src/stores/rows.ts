import type { Knex } from 'knex';

/** A connection or a transaction: a store does not care which. */
export type Sql = Knex | Knex.Transaction;

/** The database did not hold what our own code had promised: a bug, never a user's fault. */
export class StoreInconsistency extends Error {
  override readonly name = 'StoreInconsistency';
}

/** Asserts how many rows a write touched. */
export function expectRows(expected: number, actual: number): void {
  if (actual !== expected)
    throw new StoreInconsistency(`expected to touch ${expected} rows, touched ${actual}`);
}

/** The name of the constraint that a write ran into, if that is what went wrong. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined;
  return typeof error.constraint === 'string' ? error.constraint : undefined;
}
