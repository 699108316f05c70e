/**
 * Mistakes in words, and back: some are said by libraries, which know English alone.
 *
 * @module
 */
import { FAULTS } from './fault-texts.ts';

export type FaultKey = keyof typeof FAULTS;

/** Names of the values in a text. */
type ValuesOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ValuesOf<Rest>
  : never;

/** The English words. */
export function faultText<Key extends FaultKey>(
  key: Key,
  ...[values]: ValuesOf<(typeof FAULTS)[Key]> extends never
    ? []
    : [Readonly<Record<ValuesOf<(typeof FAULTS)[Key]>, string | number>>]
): string {
  const given: Readonly<Record<string, string | number>> = values ?? {};
  return FAULTS[key].replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(given[name] ?? ''));
}

export interface Fault {
  readonly key: FaultKey;
  readonly values: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly key: FaultKey;
  readonly pattern: RegExp;
  /** How much of it is always the same. */
  readonly weight: number;
}

/** The surest first. */
const PATTERNS: readonly Pattern[] = (Object.keys(FAULTS) as FaultKey[])
  .map(toPattern)
  .sort((a, b) => b.weight - a.weight);

/** Longer ones are none of ours; what is searched for their values stays small. */
const TEXT_MAX = 1000;

/** What a text says; `undefined` when it is none of ours. */
export function readFault(text: string): Fault | undefined {
  if (text.length > TEXT_MAX) return undefined;
  for (const { key, pattern } of PATTERNS) {
    const found = pattern.exec(text);
    if (found) return { key, values: { ...found.groups } };
  }
  return undefined;
}

function toPattern(key: FaultKey): Pattern {
  const seen = new Set<string>();
  const parts = FAULTS[key].split(/\{(\w+)\}/);
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const again = seen.has(part);
    seen.add(part);
    return again ? `\\k<${part}>` : `(?<${part}>.*)`;
  });
  const weight = parts.filter((_part, index) => index % 2 === 0).join('').length;
  return { key, pattern: new RegExp(`^${source.join('')}$`, 'su'), weight };
}
