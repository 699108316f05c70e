/**
 * Lists of people that are read in.
 *
 * @module
 */
import type { Permission } from './permissions.ts';

/** First every row is tried, then somebody looks at it, then it is done. */
export const IMPORT_STATES = ['checking', 'checked', 'running', 'done'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** `same`: nothing to do. */
export const ROW_OUTCOMES = ['created', 'changed', 'same', 'error'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** Why a row cannot be done, was left alone, or what became of its link. `field` says more in its detail. */
export const ROW_CODES = [
  'cells',
  'duplicate',
  'exists',
  'field',
  'last_administrator',
  'login_name_taken',
  'mail_failed',
  'mail_needless',
  'mail_waiting',
  'mailed',
  'no_address',
  'not_local',
  'owned_by_upstream',
  'permission_required',
  'rights_too_high',
  'unexpected',
] as const;
export type RowCode = (typeof ROW_CODES)[number];

export interface ImportOptions {
  /** What becomes of people who are there already. */
  readonly existing: 'change' | 'leave';
  /** Whether groups that are not there are made. */
  readonly groups: 'make' | 'refuse';
  /** Whether those who come without a password get a link for one by mail. */
  readonly links: 'mail' | 'none';
  /** Hashes of other systems, too, kept until their owner signs in next; else argon2id alone. */
  readonly hashes?: 'any';
}

export interface UserImport {
  readonly id: string;
  readonly fileName: string;
  readonly state: ImportState;
  readonly options: ImportOptions;
  /** Who started what it is doing now, and what they may do. */
  readonly actor: ImportActor;
  readonly permissions: readonly Permission[];
  readonly total: number;
  readonly processed: number;
  readonly counts: Readonly<Partial<Record<RowOutcome, number>>>;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
  readonly expiresAt: Date;
}

export interface ImportActor {
  readonly actorId?: string | undefined;
  readonly actorName: string;
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Column → what stands in it; empty cells are left out. */
export type Cells = Readonly<Record<string, string>>;

export interface ImportRow {
  /** From 0. */
  readonly nth: number;
  /** Of the file, from 1. */
  readonly line: number;
  readonly username: string;
  /** Forgotten when the import is done; a row that cannot be read never had any. */
  readonly cells: Cells | undefined;
  /** `undefined`: not tried yet. */
  readonly outcome: RowOutcome | undefined;
  readonly code: RowCode | undefined;
  readonly detail: string | undefined;
  readonly userId: string | undefined;
}

/** Of a `field` row: each line of its detail names a column, and then says what is wrong. */
export function cellFaults(detail = ''): { readonly field: string; readonly message: string }[] {
  return detail.split('\n').map((line) => {
    const space = line.indexOf(' ');
    return { field: line.slice(0, space), message: line.slice(space + 1) };
  });
}

export type RowResult = Pick<ImportRow, 'nth' | 'code' | 'detail' | 'userId'> & {
  readonly outcome: RowOutcome;
};

/** Why a file cannot be read at all. */
export type ImportFault =
  | 'column_twice'
  | 'column_unknown'
  | 'empty'
  | 'encoding'
  | 'no_username'
  | 'password_column'
  | 'syntax'
  | 'too_many';

export const IMPORT_MAX_ROWS = 50_000;
export const IMPORT_MAX_BYTES = 10 * 2 ** 20;
export const IMPORT_SECONDS = 7 * 24 * 3600;
