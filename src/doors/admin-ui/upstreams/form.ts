/**
 * The form of an upstream: what was typed as fields of the configuration file, and back. An empty
 * one stands for the default; what is wrong is told by the checks of that file.
 *
 * @module
 */
import { toUpstream } from '../../../domain/config-file/upstream-entry.ts';
import type { InputIssue } from '../../../domain/errors.ts';
import { representUpstream } from '../../../domain/upstreams/represent.ts';
import {
  DIRECTORIES,
  type LdapUpstream,
  type Upstream,
  type UpstreamType,
} from '../../../domain/upstreams/upstream.ts';
import type {
  FieldMistake,
  FormField,
  FormPart,
  UpstreamForm,
} from '../../../http/page-contexts/upstreams.ts';
import type { UpstreamFields } from '../../../operations/upstreams/save-upstream.ts';
import { lineOf, numberOf } from '../issuer-form.ts';
import { fieldsOf, partsOf, QUIRK_FIELD } from './fields.ts';

export type UpstreamValues = Readonly<Record<string, string>>;

/** What the form asks; a box that was not ticked is empty. */
export function typedOf(
  type: UpstreamType,
  sent: Readonly<Record<string, string | undefined>>,
): UpstreamValues {
  const asked = fieldsOf(type).map(({ name }) => [name, sent[name] ?? '']);
  return { ...Object.fromEntries(asked), slug: sent.slug ?? '' };
}

export function toUpstreamFields(type: UpstreamType, values: UpstreamValues): UpstreamFields {
  const fields: Record<string, unknown> = { type };
  for (const { name, kind } of fieldsOf(type)) {
    const value = readField(kind, values[name] ?? '');
    const [root = '', leaf] = name.split('.');
    if (leaf === undefined) fields[root] = name === 'attributes' ? toAttributes(value) : value;
    else if (name.startsWith(QUIRK_FIELD)) continue;
    else if (value !== null) fields[root] = { ...asMap(fields[root]), [leaf]: value };
  }
  if (type === 'oidc')
    fields.quirks = fieldsOf(type).flatMap(({ name }) =>
      name.startsWith(QUIRK_FIELD) && values[name] ? [name.slice(QUIRK_FIELD.length)] : [],
    );
  return fields;
}

function readField(kind: FormField['kind'], typed: string): unknown {
  if (kind === 'tick') return typed !== '';
  if (kind === 'number') return numberOf(typed);
  if (kind === 'lines') {
    const list = linesIn(typed);
    return list.length === 0 ? null : list;
  }
  if (kind === 'secret') return typed === '' ? null : typed;
  return kind === 'line' || kind === 'choice' ? lineOf(typed) : textOf(typed);
}

/** `department = claims.department`, one a line. A line without a sign names no value. */
function toAttributes(list: unknown): Record<string, string> | null {
  if (!Array.isArray(list)) return null;
  const entries = list.map((line: string) => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

export function valuesOf(upstream: Upstream): UpstreamValues {
  const shown: Readonly<Record<string, unknown>> = representUpstream(upstream);
  const usual = usualOf(upstream.type, upstream);
  const entries = fieldsOf(upstream.type).map(({ name, kind }) => {
    const value = typedFor(kind, valueAt(shown, name));
    return [name, kind === 'tick' || usual[name] !== value ? value : ''];
  });
  return { ...Object.fromEntries(entries), slug: upstream.slug };
}

/** Of a form nobody has touched. */
export function firstValues(type: UpstreamType): UpstreamValues {
  const ticked = type === 'ldap' ? { nestedGroups: 'yes' } : { auth: 'client_secret_basic' };
  return { ...typedOf(type, {}), ...ticked };
}

function valueAt(shown: Readonly<Record<string, unknown>>, name: string): unknown {
  const [root = '', leaf] = name.split('.');
  if (name.startsWith(QUIRK_FIELD)) return asList(shown.quirks).includes(leaf ?? '');
  if (name === 'attributes')
    return Object.entries(asMap(shown.attributes)).map(
      ([key, source]) => `${key} = ${String(source)}`,
    );
  return leaf === undefined ? shown[root] : asMap(shown[root])[leaf];
}

function typedFor(kind: FormField['kind'], value: unknown): string {
  if (kind === 'tick') return value === true ? 'yes' : '';
  if (kind === 'secret') return '';
  if (kind === 'lines') return asList(value).join('\n');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What counts where nothing is written, by the field. */
function usualOf(
  type: UpstreamType,
  upstream?: Upstream,
  kind?: LdapUpstream['directory'],
): UpstreamValues {
  const chosen = upstream?.type === 'ldap' ? upstream.directory : kind;
  const directory = chosen && type === 'ldap' ? { directory: chosen } : {};
  const baseDn = upstream?.type === 'ldap' ? { baseDn: upstream.baseDn } : {};
  const slug = upstream?.slug ?? '';
  const kept = { id: '', createdAt: new Date(0) };
  const plain = representUpstream(toUpstream({ slug, type, ...directory, ...baseDn }, kept));
  const shown: Readonly<Record<string, unknown>> = plain;
  const fixed = new Set(['auth', 'directory', 'baseDn']);
  return Object.fromEntries(
    fieldsOf(type).map(({ name, kind }) => {
      const value = typedFor(kind, valueAt(shown, name));
      return [name, fixed.has(name) || kind === 'choice' ? '' : value];
    }),
  );
}

/** What was typed, and what is wrong with it. */
export function upstreamForm(
  type: UpstreamType,
  values: UpstreamValues,
  { upstream, issues = [] }: { upstream?: Upstream | undefined; issues?: readonly InputIssue[] },
): UpstreamForm {
  const names = new Set([...fieldsOf(type).map(({ name }) => name), 'slug']);
  const faults: Record<string, FieldMistake[]> = {};
  for (const { path, message, hint } of issues) {
    const [, root = '', index] = /^([^[]+)(?:\[(\d+)\])?/.exec(path) ?? [];
    const name = names.has(root) ? root : (root.split('.')[0] ?? '');
    const which = index === undefined ? undefined : linesIn(values[name] ?? '')[Number(index)];
    (faults[name] ??= []).push({ message, hint, which: which?.slice(0, 200) });
  }
  const kind = DIRECTORIES.find((one) => one === values['directory']);
  const usual = usualOf(type, upstream, kind);
  const parts = partsOf(type).map(
    ({ words, folded, fields }): FormPart => ({
      words,
      folded: folded && !fields.some(({ name }) => values[name] || faults[name]),
      fields: fields.map((field) => ({ ...field, usual: usual[field.name] })),
    }),
  );
  return { parts, values, faults };
}

function linesIn(typed: string): string[] {
  return typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Line ends as browsers send them become our own; nothing but blanks is nothing. */
function textOf(typed: string): string | null {
  const text = typed.replaceAll('\r\n', '\n').trim();
  return text === '' ? null : text;
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function asList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
