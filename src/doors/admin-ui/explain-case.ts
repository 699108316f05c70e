/**
 * A case to be explained, as it stands in the address of the page: every field may be shared.
 *
 * @module
 */
import { isStorable } from '../../http/instant.ts';
import { z } from 'zod';
import type { PastCase } from '../../domain/explain/past-case.ts';
import { parseAddress } from '../../domain/rules/network.ts';
import type { AttributeValue, Attributes } from '../../domain/user.ts';
import { CASE_FIELDS, type CaseFault, type CaseField } from '../../http/page-contexts/explain.ts';
import { type ExplainInput, JUST_SIGNED_IN } from '../../operations/explain.ts';

export type CaseValues = Readonly<Record<CaseField, string>>;
export type CaseFaults = Readonly<Partial<Record<CaseField, CaseFault>>>;

/** UTF-16 units of one field. */
const MAX_FIELD = 4000;
const field = z.string().max(MAX_FIELD).default('');
const shape = Object.fromEntries(CASE_FIELDS.map((name) => [name, field])) as Record<
  CaseField,
  typeof field
>;
export const caseQuery = z.strictObject(shape);

export function isEmptyCase(values: CaseValues): boolean {
  return CASE_FIELDS.every((name) => name === 'issuer' || values[name].trim() === '');
}

export type CaseReading =
  | { readonly ok: true; readonly input: ExplainInput }
  | { readonly ok: false; readonly faults: CaseFaults };

export function readCase(values: CaseValues): CaseReading {
  const at = readTime(values.at);
  const attributes = readAttributes(values.attributes);
  const faults: [boolean, CaseField, CaseFault][] = [
    [isBlank(values.issuer), 'issuer', 'missing'],
    [isBlank(values.user), 'user', 'missing'],
    [isBlank(values.room) && isBlank(values.client), 'room', 'missing'],
    [at === 'invalid', 'at', 'at_invalid'],
    [!isBlank(values.ip) && !parseAddress(values.ip.trim()), 'ip', 'ip_invalid'],
    [attributes === undefined, 'attributes', 'attributes_invalid'],
  ];
  const found = faults.filter(([wrong]) => wrong).map(([, name, fault]) => [name, fault] as const);
  if (found.length > 0 || at === 'invalid' || !attributes)
    return { ok: false, faults: Object.fromEntries(found) };

  const isMadeUp = values.madeUp !== '';
  const username = values.user.trim();
  return {
    ok: true,
    input: {
      issuer: values.issuer.trim(),
      subject: isMadeUp
        ? {
            kind: 'made_up',
            username,
            displayName: textOf(values.displayName),
            email: textOf(values.email),
            groups: namesIn(values.groups),
            attributes,
          }
        : { kind: 'known', name: username },
      room: values.room.trim(),
      client: textOf(values.client),
      tenant: textOf(values.tenant),
      at,
      ip: textOf(values.ip),
      tried: { useRule: ruleOf(values.useRule), moderatorRule: ruleOf(values.moderatorRule) },
      auth:
        values.mfa === '' ? JUST_SIGNED_IN : { methods: ['pwd', 'mfa'], mfa: true, ageSeconds: 0 },
    },
  };
}

/** The same question as a body of `/api/v1/explain`. */
export function bodyOf(input: ExplainInput): object {
  const { issuer, subject, room, client, tenant, at, ip, auth } = input;
  const { kind: _kind, ...person } = subject;
  return {
    issuer,
    ...(subject.kind === 'known' ? { user: subject.name } : { madeUp: person }),
    room: room === '' ? undefined : room,
    client,
    tenant,
    at,
    ip,
    ...(auth === JUST_SIGNED_IN ? {} : { auth }),
  };
}

/** The fields of a case of the past, filled in. */
export function valuesOf(past: PastCase): CaseValues {
  const empty = Object.fromEntries(CASE_FIELDS.map((name) => [name, ''])) as Record<
    CaseField,
    string
  >;
  return {
    ...empty,
    issuer: past.issuer ?? '',
    user: past.username,
    room: past.room ?? '',
    client: past.client ?? '',
    tenant: past.tenant ?? '',
    at: past.at.toISOString(),
    ip: past.ip ?? '',
    mfa: past.auth?.mfa ? 'yes' : '',
    reference: past.reference,
  };
}

function readTime(text: string): Date | undefined | 'invalid' {
  if (isBlank(text)) return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?$/.exec(
    text.trim(),
  );
  if (!match) return 'invalid';
  const at = new Date(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`);
  return isStorable(at) ? at : 'invalid';
}

/** One in a line, `name: value`; `true`, `false` and numbers are such, `a, b` is a list. */
function readAttributes(text: string): Attributes | undefined {
  const lines = text.split(/\r?\n/).filter((line) => !isBlank(line));
  const entries = lines.map((line) => /^\s*([A-Za-z_][\w-]*)\s*[:=](.*)$/.exec(line));
  if (entries.some((entry) => entry === null)) return undefined;
  return Object.fromEntries(
    entries.flatMap((entry) => (entry ? [[entry[1], readValue(entry[2] ?? '')]] : [])),
  ) as Attributes;
}

function readValue(text: string): AttributeValue {
  const value = text.trim();
  if (value === 'true' || value === 'false') return value === 'true';
  if (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(value)) return Number(value);
  return value.includes(',') ? namesIn(value) : value;
}

function namesIn(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Line ends as browsers send them become our own. */
function ruleOf(text: string): string | undefined {
  return textOf(text.replaceAll('\r\n', '\n'));
}

function textOf(text: string): string | undefined {
  return isBlank(text) ? undefined : text.trim();
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
