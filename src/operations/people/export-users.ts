/**
 * People as a list that can be read in again: no password and no hash is in it.
 *
 * @module
 */
import type { Clock } from '../../domain/clock.ts';
import { csvLine } from '../../domain/csv.ts';
import { writeList } from '../../domain/list-cell.ts';
import type { AttributeValue, User } from '../../domain/user.ts';
import {
  type AttributeColumn,
  type AttributeKind,
  TOLD_COLUMNS,
  USER_COLUMNS,
} from '../../domain/user-columns.ts';
import type { Stores } from '../../stores/index.ts';
import type { ListedUser, UserQuery } from '../../stores/user-search.ts';
import type { Actor } from '../actor.ts';

export interface ExportUsersDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'users'>;
  readonly clock: Clock;
}

export interface ExportUsersInput {
  readonly query: Omit<UserQuery, 'limit' | 'after'>;
  readonly actor: Actor;
}

const BATCH = 500;
const COLUMNS = USER_COLUMNS.filter((column) => column !== 'passwordHash');

/** Line by line, as they are found; the event is written first. */
export async function* exportUsers(
  { stores, clock }: ExportUsersDeps,
  { query, actor }: ExportUsersInput,
): AsyncGenerator<string> {
  const { q: words, group, status, role, source } = query;
  const details = { filters: { words, group, status, role, source } };
  await stores.auditEvents.add({ at: clock.now(), type: 'users.exported', ...actor, details });

  const attributes = await stores.users.attributeColumns();
  const headings = attributes.map(({ name, kind }) => `attribute.${name}:${kind}`);
  yield csvLine([...COLUMNS, ...TOLD_COLUMNS, ...headings]);
  let after: string | undefined;
  do {
    const page = await stores.users.search({ ...query, after, limit: BATCH });
    yield page.items.map((listed) => csvLine(cellsOf(listed, attributes))).join('');
    after = page.next;
  } while (after !== undefined);
}

function cellsOf(
  { user, facts }: ListedUser,
  attributes: readonly AttributeColumn[],
): (string | undefined)[] {
  const told: Readonly<Record<(typeof TOLD_COLUMNS)[number], string | undefined>> = {
    source: user.source,
    createdAt: user.createdAt.toISOString(),
    lastSignInAt: facts.lastSignInAt?.toISOString(),
  };
  return [
    ...COLUMNS.map((column) => cellOf(user, column)),
    ...TOLD_COLUMNS.map((column) => told[column]),
    ...attributes.map(({ name, kind }) => {
      const value = user.attributes[name];
      return value !== undefined && kindOf(value) === kind ? writeValue(value) : undefined;
    }),
  ];
}

function cellOf(user: User, column: (typeof COLUMNS)[number]): string | undefined {
  if (column === 'groups') return writeList(user.groups);
  if (column === 'disabled') return user.disabledAt ? 'yes' : 'no';
  return user[column];
}

function kindOf(value: AttributeValue): AttributeKind {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'yes_no';
  return typeof value === 'string' ? 'text' : 'list';
}

function writeValue(value: AttributeValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? writeList(value) : String(value);
}
