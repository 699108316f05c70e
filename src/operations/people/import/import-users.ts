/**
 * Lists of people, from the file to the last row. Reading is quick and done at once; trying and
 * doing go on in the background, a few rows in each transaction, whichever process takes them.
 *
 * @module
 */
import type { Clock, Random } from '../../../domain/clock.ts';
import { DomainError } from '../../../domain/errors.ts';
import { groupKey } from '../../../domain/group.ts';
import { onOneLine } from '../../../domain/one-line.ts';
import {
  IMPORT_SECONDS,
  type ImportOptions,
  type ImportRow,
  type RowResult,
  type UserImport,
} from '../../../domain/user-import.ts';
import { administers, loginKey } from '../../../domain/user.ts';
import { isUuid } from '../../../domain/uuid.ts';
import type { Stores, StoresInTransaction } from '../../../stores/index.ts';
import type { Author } from '../../actor.ts';
import { type Ownership, ownershipsOf } from '../../upstreams/ownership.ts';
import { planRow, type RowContext, type RowPlan } from './plan-row.ts';
import { readCsv } from './read-csv.ts';
import { type Newcomer, type SendLinksDeps, sendLinks } from './send-links.ts';
import { writeRow } from './write-row.ts';

export interface ImportDeps {
  readonly stores: Pick<Stores, 'imports' | 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
}

/** What the work in the background needs besides. */
export type ImportWorkDeps = ImportDeps & SendLinksDeps;

export interface BeginImportInput extends Author {
  readonly fileName: string;
  /** UTF-8. */
  readonly bytes: Buffer;
  readonly options: ImportOptions;
}

const FILE_NAME_MAX = 200;
/** In one transaction, which keeps others from changing people meanwhile. */
const ROWS_AT_ONCE = 100;
/** A process that died leaves its work to the others after so long. */
const CLAIM_MS = 60_000;

/**
 * Reads a file and lays it down to be tried. Nothing is done before `startImport`.
 *
 * @throws {DomainError} `import_unreadable`.
 */
export async function beginImport(
  deps: ImportDeps,
  { bytes, ...input }: BeginImportInput,
): Promise<UserImport> {
  return layDownImport(deps, { ...input, rows: readCsv(bytes) });
}

/** The same for rows that were read already. */
export async function layDownImport(
  { stores, clock, random }: ImportDeps,
  {
    fileName,
    rows,
    options,
    actor,
    permissions,
  }: Omit<BeginImportInput, 'bytes'> & { readonly rows: readonly ImportRow[] },
): Promise<UserImport> {
  const now = clock.now();
  const one: UserImport = {
    id: random.uuid(),
    fileName: onOneLine(fileName.slice(0, FILE_NAME_MAX)),
    state: 'checking',
    options,
    actor,
    permissions,
    total: rows.length,
    processed: 0,
    counts: {},
    createdAt: now,
    finishedAt: undefined,
    expiresAt: new Date(now.getTime() + IMPORT_SECONDS * 1000),
  };
  await stores.transaction((tx) => tx.imports.add(one, rows));
  return one;
}

/**
 * Does what was tried. What changed since is seen again, row by row.
 *
 * @throws {DomainError} `import_not_found`, `import_not_ready`.
 */
export async function startImport(
  { stores }: Pick<ImportDeps, 'stores'>,
  { id, actor, permissions }: Author & { readonly id: string },
): Promise<void> {
  await findImport({ stores }, id);
  if (!(await stores.imports.start(id, { actor, permissions })))
    throw new DomainError('import_not_ready', undefined);
}

/** @throws {DomainError} `import_not_found`. */
export async function findImport(
  { stores }: { readonly stores: Pick<Stores, 'imports'> },
  id: string,
): Promise<UserImport> {
  const one = isUuid(id) ? await stores.imports.find(id) : undefined;
  if (!one) throw new DomainError('import_not_found', undefined);
  return one;
}

/** Works on what is there until nothing is left; says how many rows it went through. */
export async function workOnImports(deps: ImportWorkDeps): Promise<number> {
  let rows = 0;
  for (;;) {
    const now = deps.clock.now();
    const one = await deps.stores.imports.claim(now, claimUntil(now));
    if (!one) return rows;
    rows += await workOn(deps, one);
  }
}

async function workOn(deps: ImportWorkDeps, one: UserImport): Promise<number> {
  const { stores, clock } = deps;
  let { processed } = one;
  for (;;) {
    const rows = await stores.imports.nextRows({ ...one, processed }, ROWS_AT_ONCE);
    if (rows.length === 0) break;
    await workOnRows(deps, { ...one, processed }, rows);
    processed += rows.length;
  }
  await stores.transaction(async (tx) => {
    const now = clock.now();
    await tx.imports.finish(one.id, now);
    if (one.state === 'running') await note(tx, one, now);
  });
  return processed - one.processed;
}

/**
 * All in one transaction; when one of them fails beyond expectation, each in its own. Without a
 * database, or when another process took over, writing that down fails as well, and ends the work.
 */
async function workOnRows(deps: ImportWorkDeps, one: UserImport, rows: readonly ImportRow[]) {
  try {
    const newcomers = await inOneTransaction(deps, one, rows);
    await sendLinks(deps, one, newcomers);
  } catch (error) {
    if (rows.length > 1) {
      for (const [nth, row] of rows.entries())
        await workOnRows(deps, { ...one, processed: one.processed + nth }, [row]);
      return;
    }
    const [row] = rows;
    if (!row) throw error;
    const result = { outcome: 'error', code: 'unexpected', detail: undefined } as const;
    await deps.stores.transaction((tx) =>
      tx.imports.record(
        one,
        [{ nth: row.nth, ...result, userId: undefined }],
        claimUntil(deps.clock.now()),
      ),
    );
  }
}

async function inOneTransaction(
  { stores, clock, random }: ImportDeps,
  one: UserImport,
  rows: readonly ImportRow[],
): Promise<Newcomer[]> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const now = clock.now();
    const results: RowResult[] = [];
    const newcomers: Newcomer[] = [];
    let context = await readContext(tx, { one, rows, now, random });
    for (const row of rows) {
      const plan = row.cells ? planRow(context, row) : undefined;
      results.push(await workOnRow(tx, context, { row, plan }));
      if (one.state === 'running' && plan?.kind === 'created' && isNewcomer(plan))
        newcomers.push({ nth: row.nth, user: plan.user });
      if (one.state === 'running' && changesAdministrators(plan))
        context = { ...context, administrators: await tx.users.countAdministrators() };
    }
    await tx.imports.record(one, results, claimUntil(now));
    return newcomers;
  });
}

async function workOnRow(
  tx: StoresInTransaction,
  context: RowContext,
  { row, plan }: { readonly row: ImportRow; readonly plan: RowPlan | undefined },
): Promise<RowResult> {
  const { nth, code, detail } = row;
  if (!plan) return { nth, outcome: 'error', code, detail, userId: undefined };
  if (plan.kind === 'error')
    return { nth, outcome: 'error', code: plan.code, detail: plan.detail, userId: undefined };
  if (plan.kind === 'same')
    return { nth, outcome: 'same', code: plan.code, detail: undefined, userId: plan.userId };

  if (context.one.state === 'running') await writeRow(tx, context, plan);
  const isChange = plan.kind === 'changed';
  const isAwaited =
    context.one.state === 'running' && context.one.options.links === 'mail' && isNewcomer(plan);
  return {
    nth,
    outcome: plan.kind,
    code: isAwaited ? 'mail_waiting' : undefined,
    detail: isChange ? plan.fields.join(', ') : undefined,
    userId: isChange || context.one.state === 'running' ? plan.user.id : undefined,
  };
}

/** Whom a link would help. */
function isNewcomer(plan: RowPlan): boolean {
  return plan.kind === 'created' && plan.passwordHash === undefined;
}

function changesAdministrators(plan: RowPlan | undefined): boolean {
  return (
    (plan?.kind === 'created' && administers(plan.user)) ||
    (plan?.kind === 'changed' && (administers(plan.before) || administers(plan.user)))
  );
}

async function readContext(
  tx: StoresInTransaction,
  {
    one,
    rows,
    now,
    random,
  }: Pick<RowContext, 'one' | 'now' | 'random'> & { readonly rows: readonly ImportRow[] },
): Promise<RowContext> {
  const names = rows.flatMap(({ cells }) => [cells?.username, cells?.email]);
  const keys = names.flatMap((name) => (name === undefined ? [] : [loginKey(name)]));
  const groups = await tx.groups.list();
  const people = await tx.users.findByKeys([...new Set(keys)]);
  return {
    one,
    now,
    random,
    people,
    ownerships: await readOwnerships(tx, people),
    groups: new Map(groups.map(({ name }) => [groupKey(name), name])),
    groupIds: new Map(groups.map(({ id, name }) => [name, id])),
    administrators: await tx.users.countAdministrators(),
  };
}

async function readOwnerships(
  tx: StoresInTransaction,
  people: RowContext['people'],
): Promise<RowContext['ownerships']> {
  const ids = new Set([...people.values()].map(({ user }) => user.id));
  const known = await tx.identities.knownAmong([...ids]);
  const ownerships = new Map<string, readonly Ownership[]>();
  for (const id of known) ownerships.set(id, await ownershipsOf(tx, { id }));
  return ownerships;
}

async function note(tx: StoresInTransaction, one: UserImport, now: Date): Promise<void> {
  const finished = await tx.imports.find(one.id);
  await tx.auditEvents.add({
    at: now,
    type: 'users.imported',
    ...one.actor,
    targetType: 'import',
    targetId: one.id,
    targetName: one.fileName,
    details: { total: one.total, ...finished?.counts },
  });
}

function claimUntil(now: Date): Date {
  return new Date(now.getTime() + CLAIM_MS);
}
