/**
 * Attributes as rows of a form: name, type, value. Empty rows wait for more.
 *
 * @module
 */
import { z } from 'zod';
import { DomainError } from '../../../domain/errors.ts';
import { readList, writeList } from '../../../domain/list-cell.ts';
import type { Attributes, AttributeValue } from '../../../domain/user.ts';
import type { AttributeRow } from '../../../http/page-contexts/people.ts';

export const ATTRIBUTE_TYPES = ['text', 'number', 'yes_no', 'list'] as const;
const ROWS_MAX = 60;
const EMPTY_ROWS = 3;

const NAMES = Array.from({ length: ROWS_MAX }, (_, nth) => nth).flatMap((nth) =>
  (['name', 'type', 'value'] as const).map((part) => `attribute.${nth}.${part}` as const),
);

/** To be spread into the schema of a form. */
export const attributeFields = Object.fromEntries(
  NAMES.map((name) => [name, z.string().max(20_000).optional()] as const),
) as Readonly<Record<(typeof NAMES)[number], z.ZodOptional<z.ZodString>>>;

export function readAttributeRows(
  fields: Readonly<Record<string, string | undefined>>,
): AttributeRow[] {
  const rows = Array.from({ length: ROWS_MAX }, (_, nth) => ({
    name: (fields[`attribute.${nth}.name`] ?? '').trim(),
    type: fields[`attribute.${nth}.type`] ?? 'text',
    value: fields[`attribute.${nth}.value`] ?? '',
  }));
  return withEmptyRows(rows.filter(({ name, value }) => name !== '' || value.trim() !== ''));
}

export function attributeRows(attributes: Attributes): AttributeRow[] {
  return withEmptyRows(
    Object.entries(attributes).map(([name, value]) => ({ name, ...showValue(value) })),
  );
}

/** @throws {DomainError} `input_invalid` for a value that is not of its type. */
export function attributesOf(rows: readonly AttributeRow[]): Record<string, Mutable> {
  const filled = rows.filter(({ name, value }) => name !== '' || value.trim() !== '');
  const names = filled.map(({ name }) => name);
  const twice = names.find((name, nth) => names.indexOf(name) !== nth);
  if (twice !== undefined) throw wrong(twice, 'is there twice');
  return Object.fromEntries(filled.map((row) => [row.name, readValue(row)]));
}

type Mutable = string | number | boolean | string[];

function readValue({ name, type, value }: AttributeRow): Mutable {
  const typed = value.trim();
  if (name === '') throw wrong(typed.slice(0, 40), 'has no name');
  if (type === 'list') return readList(typed);
  if (type === 'number') {
    if (typed === '' || !Number.isFinite(Number(typed))) throw wrong(name, 'must be a number');
    return Number(typed);
  }
  if (type === 'yes_no') {
    if (/^(yes|true|1|ja)$/i.test(typed)) return true;
    if (/^(no|false|0|nein)$/i.test(typed)) return false;
    throw wrong(name, 'must be yes or no');
  }
  return typed;
}

function showValue(value: AttributeValue): Pick<AttributeRow, 'type' | 'value'> {
  if (typeof value === 'number') return { type: 'number', value: String(value) };
  if (typeof value === 'boolean') return { type: 'yes_no', value: value ? 'yes' : 'no' };
  if (typeof value === 'string') return { type: 'text', value };
  return { type: 'list', value: writeList(value) };
}

function withEmptyRows(rows: readonly AttributeRow[]): AttributeRow[] {
  const empty = { name: '', type: 'text', value: '' };
  const more = Math.min(EMPTY_ROWS, ROWS_MAX - rows.length);
  return [...rows, ...Array.from({ length: Math.max(0, more) }, () => empty)];
}

function wrong(name: string, message: string) {
  return new DomainError('input_invalid', { issues: [{ path: `attributes.${name}`, message }] });
}
