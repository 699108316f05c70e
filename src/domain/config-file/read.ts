/**
 * Turns the data of a configuration file into entries, and tells everything that is wrong with it.
 *
 * What is right is read even beside mistakes, so that later checks can tell theirs too.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import type { z } from 'zod';
import { brandingSchema } from '../branding.ts';
import { groupKey } from '../group.ts';
import { signInSchema } from '../sign-in-setting.ts';
import { loginKey } from '../user.ts';
import { type FileMistake, type FilePath, wrongValue } from './mistake.ts';
import { type ConfigFile, type Placed, SECTIONS, type Section } from './schema.ts';
import { isRecord, unknownKey, unknownKeys } from './unknown-keys.ts';

/** Of the top of the file. */
const KEYS = ['branding', 'signIn', ...Object.keys(SECTIONS)];

export interface ConfigReading {
  readonly file: ConfigFile;
  readonly mistakes: readonly FileMistake[];
}

/** @param data as a YAML or JSON parser gives it. Never throws. */
export function readConfig(data: unknown): ConfigReading {
  if (data === null || data === undefined) return { file: {}, mistakes: [] };
  if (!isRecord(data))
    return { file: {}, mistakes: [wrongValue([], 'the file must be a map of sections')] };

  const mistakes: FileMistake[] = [];
  for (const key of Object.keys(data))
    if (!KEYS.includes(key)) mistakes.push(unknownKey([key], KEYS));

  const branding = readOne('branding', brandingSchema, { data, mistakes });
  const signIn = readOne('signIn', signInSchema, { data, mistakes });

  const groups = readSection('groups', data, mistakes);
  const users = readSection('users', data, mistakes);
  const issuers = readSection('issuers', data, mistakes);
  const upstreams = readSection('upstreams', data, mistakes);
  if (groups) tellTwins(groups, ({ name }) => groupKey(name), ['groups', 'name'], mistakes);
  if (users)
    tellTwins(users, ({ username }) => loginKey(username), ['users', 'username'], mistakes);
  if (issuers) tellTwins(issuers, ({ slug }) => slug, ['issuers', 'slug'], mistakes);
  if (upstreams) tellTwins(upstreams, ({ slug }) => slug, ['upstreams', 'slug'], mistakes);
  const file = {
    ...(branding ? { branding } : {}),
    ...(signIn ? { signIn } : {}),
    ...(groups ? { groups } : {}),
    ...(users ? { users } : {}),
    ...(issuers ? { issuers } : {}),
    ...(upstreams ? { upstreams } : {}),
  };
  return { file, mistakes };
}

/** A section that is one map. */
function readOne<Output>(
  name: string,
  schema: z.ZodType<Output> & z.ZodObject,
  { data, mistakes }: { data: Readonly<Record<string, unknown>>; mistakes: FileMistake[] },
): Output | undefined {
  if (!Object.hasOwn(data, name)) return undefined;
  mistakes.push(...unknownKeys(schema, data[name], [name]));
  return readEntry(schema, data[name], { path: [name], standIns: {}, mistakes });
}

type Entry<Name extends Section> = z.output<(typeof SECTIONS)[Name]>;

function readSection<Name extends Section>(
  name: Name,
  data: Readonly<Record<string, unknown>>,
  mistakes: FileMistake[],
): Placed<Entry<Name>>[] | undefined {
  if (!Object.hasOwn(data, name)) return undefined;
  const items = data[name] ?? [];
  if (!Array.isArray(items)) {
    mistakes.push(wrongValue([name], 'must be a list'));
    return [];
  }
  const schema: z.ZodType<Entry<Name>> & z.ZodObject = SECTIONS[name] as never;
  return items.flatMap((item: unknown, index) => {
    const path = [name, index];
    mistakes.push(...unknownKeys(schema, item, path));
    const entry = readEntry(schema, item, { path, standIns: STAND_INS[name](index), mistakes });
    return entry === undefined ? [] : [{ index, entry }];
  });
}

/**
 * For required keys that are missing or wrong: the rest of such an entry is still checked, and
 * never written, because there is a mistake.
 */
const STAND_INS: Readonly<Record<Section, (index: number) => object>> = {
  groups: (index) => ({ name: `(group ${index})` }),
  users: (index) => ({ username: `(user ${index})` }),
  issuers: (index) => ({ slug: `unnamed-${index}`, useRule: '0' }),
  upstreams: (index) => ({ slug: `unnamed-${index}`, type: 'oidc' }),
};

interface EntryPlace {
  readonly path: FilePath;
  readonly standIns: object;
  readonly mistakes: FileMistake[];
}

/** A second reading leaves out the keys that were wrong: the rest may have mistakes to tell. */
function readEntry<Output>(
  schema: z.ZodType<Output> & z.ZodObject,
  item: unknown,
  { path, standIns, mistakes }: EntryPlace,
): Output | undefined {
  const first = schema.safeParse(item);
  if (first.success) return first.data;

  for (const issue of first.error.issues) {
    const isMissing = issue.path.length === 1 && isRecord(item) && !((issue.path[0] ?? '') in item);
    const at = [...path, ...issue.path.map((step) => (typeof step === 'symbol' ? '?' : step))];
    mistakes.push(
      isMissing
        ? { path, message: faultText('required', { name: String(issue.path[0]) }), about: 'value' }
        : wrongValue(at, isRecord(item) ? issue.message : 'must be a map of keys'),
    );
  }
  if (!isRecord(item)) return undefined;
  const wrong = new Set(first.error.issues.map((issue) => issue.path[0]));
  const rest = Object.fromEntries(Object.entries(item).filter(([key]) => !wrong.has(key)));
  const second = schema.safeParse({ ...standIns, ...rest });
  return second.success ? second.data : undefined;
}

function tellTwins<E>(
  entries: readonly Placed<E>[],
  keyOf: (entry: E) => string,
  [section, field]: readonly [string, string],
  mistakes: FileMistake[],
): void {
  const seen = new Map<string, number>();
  for (const { index, entry } of entries) {
    const key = keyOf(entry);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else
      mistakes.push(
        wrongValue([section, index, field], `is already the ${field} of ${section}[${first}]`),
      );
  }
}
