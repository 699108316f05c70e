/**
 * What a row of a list would do, found by reading alone: the trial and the doing ask the same.
 *
 * @module
 */
import { faultText } from '../../../domain/faults.ts';
import type { Random } from '../../../domain/clock.ts';
import { fromUser } from '../../../domain/config-file/user-entry.ts';
import { compareFields } from '../../../domain/config-file/change.ts';
import { type AnyDomainError, isDomainError } from '../../../domain/errors.ts';
import { readForeignHash } from '../../../domain/foreign-hash.ts';
import { groupKey } from '../../../domain/group.ts';
import { readList } from '../../../domain/list-cell.ts';
import { isPasswordHash } from '../../../domain/password-hash.ts';
import { administers, loginKey, newLocalUser, type User } from '../../../domain/user.ts';
import { type AttributeKind, attributeColumn } from '../../../domain/user-columns.ts';
import { checkFields, userChangeSchema } from '../../../domain/user-fields.ts';
import type { Cells, ImportRow, RowCode, UserImport } from '../../../domain/user-import.ts';
import type { UserWithPassword } from '../../../stores/users.ts';
import { findOwnedChange, type Ownership } from '../../upstreams/ownership.ts';
import { checkMayManage, checkRoleChange } from '../guard.ts';

export interface RowContext {
  readonly one: UserImport;
  readonly now: Date;
  readonly random: Pick<Random, 'uuid'>;
  /** Login key → who has it. */
  readonly people: ReadonlyMap<string, UserWithPassword>;
  /** Group key → name as it is written; those to be made, too. */
  readonly groups: Map<string, string>;
  /** Name → id, of those that are there. */
  readonly groupIds: Map<string, string>;
  readonly administrators: number;
  /** By id, of those whom an upstream knows. */
  readonly ownerships: ReadonlyMap<string, readonly Ownership[]>;
}

export type RowPlan =
  | { readonly kind: 'created'; readonly user: User; readonly passwordHash: string | undefined }
  | {
      readonly kind: 'changed';
      readonly before: User;
      readonly user: User;
      /** Only when it is another than now. */
      readonly passwordHash: string | undefined;
      /** Names of the fields. */
      readonly fields: readonly string[];
    }
  | { readonly kind: 'same'; readonly code: RowCode | undefined; readonly userId: string }
  | { readonly kind: 'error'; readonly code: RowCode; readonly detail: string | undefined };

export function planRow(context: RowContext, { cells }: ImportRow): RowPlan {
  if (!cells) return { kind: 'error', code: 'cells', detail: undefined };
  try {
    return plan(context, cells);
  } catch (error) {
    if (isDomainError(error)) return refusal(error);
    if (error instanceof WrongCell) return wrong(error.message);
    throw error;
  }
}

/** A cell that is not of its type: its column, and what is wrong. */
class WrongCell extends Error {}

function plan(context: RowContext, cells: Cells): RowPlan {
  const { one, people } = context;
  const { username = '', passwordHash } = cells;
  if (passwordHash !== undefined && !mayKeep(one, passwordHash))
    return wrong(`passwordHash ${faultText('password_hash')}`);
  const found = people.get(loginKey(username));
  if (found && loginKey(found.user.username) !== loginKey(username))
    return { kind: 'error', code: 'login_name_taken', detail: username };
  if (found && one.options.existing === 'leave')
    return { kind: 'same', code: 'exists', userId: found.user.id };
  if (found && found.user.source !== 'local')
    return { kind: 'error', code: 'not_local', detail: found.user.source };

  const base = found?.user ?? newPerson(context, username);
  const user = wanted(context, base, cells);
  const owner = user.email === undefined ? undefined : people.get(loginKey(user.email));
  if (owner && owner.user.id !== base.id)
    return { kind: 'error', code: 'login_name_taken', detail: user.email };
  checkMayManage(one, base);
  checkRoleChange(one, base.role, user);
  if (!found) return { kind: 'created', user, passwordHash };

  const isNewHash = passwordHash !== undefined && passwordHash !== found.passwordHash;
  const owned = findOwnedChange(context.ownerships.get(base.id) ?? [], base, user);
  if (owned) {
    const detail = `${owned.upstream.name}: ${owned.fields.join(', ')}`;
    return { kind: 'error', code: 'owned_by_upstream', detail };
  }
  const fields = compareFields(fromUser(base), fromUser(user)).map(({ field }) => field);
  if (isNewHash) fields.push('passwordHash');
  if (fields.length === 0) return { kind: 'same', code: undefined, userId: base.id };
  if (context.administrators <= 1 && administers(base) && !administers(user))
    return { kind: 'error', code: 'last_administrator', detail: undefined };
  const hash = isNewHash ? passwordHash : undefined;
  return { kind: 'changed', before: base, user, passwordHash: hash, fields };
}

function mayKeep({ options }: UserImport, hash: string): boolean {
  return isPasswordHash(hash) || (options.hashes === 'any' && readForeignHash(hash) !== undefined);
}

function newPerson({ random, now }: RowContext, username: string): User {
  return newLocalUser({ id: random.uuid(), username, createdAt: now });
}

/** Columns that are not there, and empty cells, leave what is. */
function wanted(context: RowContext, base: User, cells: Cells): User {
  const { username, displayName, email, language, avatarUrl, role } = cells;
  const said = checkFields(userChangeSchema, {
    username: username ?? '',
    ...given({ displayName, email, language, avatarUrl }),
    ...(role === undefined ? {} : { role: role.toLowerCase() as never }),
    ...(cells.groups === undefined ? {} : { groups: readList(cells.groups) }),
    ...(cells.disabled === undefined ? {} : { disabled: yesOrNo('disabled', cells.disabled) }),
    attributes: { ...mutable(base.attributes), ...attributesOf(cells) },
  });
  const isNew = !context.people.has(loginKey(base.username));
  const { disabled } = said;
  return {
    ...base,
    username: isNew ? (said.username ?? base.username) : base.username,
    displayName: said.displayName ?? base.displayName,
    email: said.email ?? base.email,
    language: said.language ?? base.language,
    avatarUrl: said.avatarUrl ?? base.avatarUrl,
    role: said.role ?? base.role,
    attributes: said.attributes ?? base.attributes,
    groups: said.groups ? groupsOf(context, said.groups) : base.groups,
    disabledAt:
      disabled === undefined
        ? base.disabledAt
        : disabled
          ? (base.disabledAt ?? context.now)
          : undefined,
  };
}

function groupsOf({ one, groups }: RowContext, names: readonly string[]): string[] {
  const found = names.map((name) => {
    const known = groups.get(groupKey(name));
    if (known !== undefined) return known;
    if (one.options.groups === 'refuse')
      throw new WrongCell(`groups ${faultText('group_missing', { name })}`);
    groups.set(groupKey(name), name);
    return name;
  });
  return [...new Set(found)].sort();
}

function attributesOf(cells: Cells): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(cells).flatMap(([column, text]) => {
      const attribute = attributeColumn(column);
      return attribute ? [[attribute.name, valueOf(attribute.kind, column, text)]] : [];
    }),
  );
}

function valueOf(kind: AttributeKind, column: string, text: string) {
  if (kind === 'number') return toNumber(column, text);
  if (kind === 'yes_no') return yesOrNo(column, text);
  return kind === 'list' ? readList(text) : text;
}

function toNumber(column: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new WrongCell(`${column} ${faultText('number')}`);
  return value;
}

function yesOrNo(column: string, text: string): boolean {
  if (/^(yes|true|1|ja)$/i.test(text)) return true;
  if (/^(no|false|0|nein)$/i.test(text)) return false;
  throw new WrongCell(`${column} ${faultText('yes_no_cell')}`);
}

function given(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

function mutable(attributes: User['attributes']) {
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

function refusal(error: AnyDomainError): RowPlan {
  if (error.code === 'input_invalid')
    return wrong(error.details.issues.map(({ path, message }) => `${path} ${message}`).join('\n'));
  if (error.code === 'rights_too_high' || error.code === 'permission_required')
    return { kind: 'error', code: error.code, detail: undefined };
  throw error;
}

function wrong(detail: string): RowPlan {
  return { kind: 'error', code: 'field', detail: detail.slice(0, 1000) };
}
