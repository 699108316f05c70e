/**
 * What a change was, as the audit log keeps it: the fields that changed, before and after.
 *
 * Fields are leaves of what was changed (`attributes.site`, `rooms[2].useRule`); a field that was
 * not there is left out. A secret is `"set"`, and one that took its place `"changed"`.
 *
 * @module
 */
import { compareFields, type FieldChange, MASK } from './config-file/change.ts';

export interface AuditDiff {
  /** Absent for what was made new. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Absent for what was removed. */
  readonly after?: Readonly<Record<string, unknown>>;
}

/**
 * @param before `undefined`: made new.
 * @param after `undefined`: removed.
 * @param secretFields Leaves, or branches whose leaves are all secret.
 */
export function diffOf(
  before: object | undefined,
  after: object | undefined,
  secretFields: readonly string[] = [],
): AuditDiff {
  const isSecret = (field: string) =>
    secretFields.some(
      (name) =>
        field === name || (/^[.[]/.test(field.slice(name.length)) && field.startsWith(name)),
    );
  const fields = compareFields(before ?? {}, after ?? {}).map((change) =>
    isSecret(change.field) ? mask(change) : change,
  );
  if (before === undefined) return { after: sideOf(fields, 'after') };
  if (after === undefined) return { before: sideOf(fields, 'before') };
  return diffOfFields(fields);
}

/** The same of a difference that was made for people to read. */
export function diffOfFields(fields: readonly FieldChange[]): AuditDiff {
  return { before: sideOf(fields, 'before'), after: sideOf(fields, 'after') };
}

/** Whether nothing changed. */
export function isEmpty({ before = {}, after = {} }: AuditDiff): boolean {
  return Object.keys(before).length === 0 && Object.keys(after).length === 0;
}

function sideOf(
  fields: readonly FieldChange[],
  side: 'before' | 'after',
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.flatMap((change) => {
      const text = change[side];
      if (text === undefined) return [];
      if (text !== MASK) return [[change.field, JSON.parse(text) as unknown]];
      const isReplaced = side === 'after' && change.before !== undefined;
      return [[change.field, isReplaced ? 'changed' : 'set']];
    }),
  );
}

function mask({ field, before, after }: FieldChange): FieldChange {
  const hide = (text: string | undefined) => (text === undefined ? undefined : MASK);
  return { field, before: hide(before), after: hide(after) };
}
