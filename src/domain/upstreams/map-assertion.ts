/**
 * From what an upstream says of a person to what we would write down of them. All of it is checked
 * like any input of a stranger: what cannot be used is left out, and said.
 *
 * @module
 */
import { attributeValue, cleanLine, email as emailSchema, name } from '../config-file/values.ts';
import { faultText } from '../faults.ts';
import { groupKey } from '../group.ts';
import type { RuleFailure, RuleResult } from '../rules/engine.ts';
import type { Attributes, AttributeValue } from '../user.ts';
import { avatarUrl as avatarSchema } from '../user-fields.ts';
import { MAX_CLAIM_VALUES, readClaims, type SafeClaims } from './claims.ts';
import { claimsElsewhere } from './claims-read.ts';
import type { CompiledUpstream } from './compile-upstream.ts';
import { candidates, DEFAULT_ATTRIBUTES } from './default-mapping.ts';
import type { ClaimsContext, Sha256 } from './expressions.ts';
import type { Assertion } from './upstream.ts';

export interface PersonDraft {
  readonly username: string;
  readonly displayName: string;
  readonly email: string | undefined;
  /** `undefined` when the upstream maps none, or has none. */
  readonly avatarUrl: string | undefined;
  readonly attributes: Attributes;
  /** Names. */
  readonly groups: readonly string[];
}

export interface MappingFault {
  /** `mapping.username`, `attributes.department`, `groups`, `claims`. */
  readonly path: string;
  readonly code: RuleFailure | 'value_unusable' | 'claims_too_large';
  readonly message: string;
}

export type MappedAssertion =
  /** `faults` say what was left out. */
  | {
      readonly ok: true;
      readonly draft: PersonDraft;
      readonly faults: readonly MappingFault[];
    }
  | { readonly ok: false; readonly faults: readonly MappingFault[] };

export interface MappingDeps {
  readonly sha256: Sha256;
}

/** Never throws, whatever the claims hold. */
export function mapAssertion(
  compiled: CompiledUpstream,
  { claims, subject }: Pick<Assertion, 'claims' | 'subject'>,
  { sha256 }: MappingDeps,
): MappedAssertion {
  const safe = readClaims(claims);
  if (!safe) return { ok: false, faults: [TOO_LARGE] };
  const elsewhere = claimsElsewhere(compiled.upstream, safe);
  if (elsewhere.length > 0) return { ok: false, faults: elsewhere.map(notHere) };

  const { mapping, upstream } = compiled;
  const defaults = candidates(safe, subject, upstream);
  const reader = createReader({ claims: safe, sha256 });

  const username = mapping.username
    ? reader.line('mapping.username', mapping.username, usable(name))
    : firstOf(defaults.usernames, usable(name));
  if (username === undefined) {
    const message = faultText('username_missing');
    const missing = { path: 'mapping.username', code: 'value_unusable', message } as const;
    return { ok: false, faults: reader.faults.length > 0 ? reader.faults : [missing] };
  }
  const ownName =
    mapping.displayName && reader.line('mapping.displayName', mapping.displayName, displayable);
  const draft: PersonDraft = {
    username,
    displayName: ownName ?? firstOf(defaults.displayNames, displayable) ?? username,
    email: mapping.email
      ? reader.line('mapping.email', mapping.email, usable(emailSchema))
      : reader.check('mapping.email', defaults.email, usable(emailSchema)),
    avatarUrl:
      mapping.avatar && reader.line('mapping.avatar', mapping.avatar, usable(avatarSchema)),
    attributes: attributesOf(compiled, safe, reader),
    groups: groupsOf(compiled.groups && reader.value('groups', compiled.groups), {
      defaults: compiled.groups ? [] : defaults.groups,
      reader,
    }),
  };
  return { ok: true, draft, faults: reader.faults };
}

/** Whether the upstream's rule gives this person an account. A rule that fails gives none. */
export function mayBeCreated(
  { createRule }: CompiledUpstream,
  { claims }: Pick<Assertion, 'claims'>,
  { sha256 }: MappingDeps,
): RuleResult<boolean> {
  const safe = readClaims(claims);
  if (safe) return createRule.evaluate({ claims: safe, sha256 });
  return { error: { code: 'evaluation_failed', message: TOO_LARGE.message } };
}

const TOO_LARGE: MappingFault = {
  path: 'claims',
  code: 'claims_too_large',
  message: faultText('claims_too_large', { max: MAX_CLAIM_VALUES }),
};

/** Without it a rule that says `!inGroup('blocked')` would let everybody pass. */
function notHere(name: string): MappingFault {
  const message = faultText('claim_elsewhere', { name });
  return { path: `claims.${name}`, code: 'value_unusable', message };
}

/** What is made of a text: itself, cleaned; or why it cannot be used. */
type Use<Value, Input = string> = (value: Input) => { readonly value: Value } | string;

interface Expression<Value> {
  evaluate(context: ClaimsContext): RuleResult<Value>;
}

function createReader(context: ClaimsContext) {
  const faults: MappingFault[] = [];
  const value = <Value>(path: string, expression: Expression<Value>): Value | undefined => {
    const result = expression.evaluate(context);
    if ('value' in result) return result.value;
    // What a person simply does not have is no mistake.
    if (result.error.code !== 'value_missing') faults.push({ path, ...result.error });
    return undefined;
  };
  const check = <Input, Value>(
    path: string,
    input: Input | undefined,
    use: Use<Value, Input>,
  ): Value | undefined => {
    if (input === undefined || input === '') return undefined;
    const used = use(input);
    if (typeof used !== 'string') return used.value;
    faults.push({ path, code: 'value_unusable', message: used });
    return undefined;
  };
  return {
    faults,
    value,
    check,
    line: (path: string, expression: Expression<string | undefined>, use: Use<string>) =>
      check(path, value(path, expression), use),
  };
}
type Reader = ReturnType<typeof createReader>;

interface Schema<Value> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { issues: readonly { message: string }[] } };
}

function usable(schema: Schema<string>): Use<string> {
  return (text) => judge(schema, text.trim());
}

function judge<Value>(schema: Schema<Value>, input: unknown): { readonly value: Value } | string {
  const result = schema.safeParse(input);
  return result.success ? { value: result.data } : (result.error.issues[0]?.message ?? '');
}

/** A name is shown alone: what is unfit in it goes, the rest stays. */
const displayable: Use<string> = (text) => {
  const value = cleanLine(text, 200);
  return value === '' ? faultText('empty') : { value };
};

function firstOf(texts: readonly (string | undefined)[], use: Use<string>): string | undefined {
  for (const text of texts) {
    const used = text === undefined ? '' : use(text);
    if (typeof used !== 'string') return used.value;
  }
  return undefined;
}

function attributesOf(compiled: CompiledUpstream, claims: SafeClaims, reader: Reader): Attributes {
  const values: readonly (readonly [string, unknown])[] = compiled.attributes
    ? [...compiled.attributes].map(([key, rule]) => [key, reader.value(`attributes.${key}`, rule)])
    : DEFAULT_ATTRIBUTES.map((key) => [key, claims[key]]);
  return Object.fromEntries(
    values.flatMap(([key, value]) => {
      const used = reader.check(`attributes.${key}`, value ?? undefined, attribute);
      return used === undefined ? [] : [[key, used]];
    }),
  );
}

const attribute: Use<AttributeValue, unknown> = (value) => {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return { value: Number.isSafeInteger(number) ? number : String(value) };
  }
  return judge(attributeValue, value);
};

const MAX_GROUPS = 1000;

function groupsOf(
  names: readonly string[] | undefined,
  { defaults, reader }: { readonly defaults: readonly string[]; readonly reader: Reader },
): readonly string[] {
  const found = new Map<string, string>();
  for (const text of names ?? defaults) {
    const group = reader.check('groups', text, usable(name));
    if (group !== undefined && !found.has(groupKey(group))) found.set(groupKey(group), group);
  }
  if (found.size > MAX_GROUPS) {
    const message = faultText('groups_many', { max: MAX_GROUPS });
    reader.faults.push({ path: 'groups', code: 'value_unusable', message });
  }
  return [...found.values()].slice(0, MAX_GROUPS);
}
