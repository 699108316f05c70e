/**
 * The settings of a bridge, read one by one; what is wrong with them is kept for the end.
 *
 * @module
 */
import type { BridgeInput, BridgeMistake } from './reading.ts';

/** A secret, or the name of the file that holds it. */
export interface BridgeSecret {
  readonly value: string | undefined;
  readonly file: string | undefined;
  /** What it is; `undefined` when its file cannot be read here. */
  readonly content: string | undefined;
}

export interface Settings {
  readonly mistakes: readonly BridgeMistake[];
  /** Which of several names is used; the first when none is. */
  nameOf(...names: readonly [string, ...string[]]): string;
  /** An empty one is not set. */
  given(...names: readonly [string, ...string[]]): string | undefined;
  /** `''` and a mistake when there is none. */
  need(...names: readonly [string, ...string[]]): string;
  /** Words between spaces. */
  words(name: string): readonly string[] | undefined;
  flag(name: string, fallback: boolean): boolean;
  /** Seconds. */
  seconds(name: string, fallback: number): number;
  /** Also from `NAME_FILE`. */
  secret(...names: readonly [string, ...string[]]): BridgeSecret | undefined;
  wrong(setting: string, message: string): void;
}

const YES = new Set(['true', '1', 't']);
const NO = new Set(['false', '0', 'f']);

export function openSettings({ values, readFile }: BridgeInput): Settings {
  const mistakes: BridgeMistake[] = [];
  const wrong = (setting: string, message: string) => {
    mistakes.push({ setting, message });
  };
  const isSet = (name: string) => (values[name] ?? '').trim() !== '';

  const given: Settings['given'] = (...names) => {
    const [name, other] = names.filter(isSet);
    if (name === undefined) return undefined;
    if (other !== undefined) wrong(other, `and ${name} are both set: keep one of them`);
    return values[name];
  };
  return {
    mistakes,
    wrong,
    given,
    nameOf: (...names) => names.find(isSet) ?? names[0],
    need(...names) {
      const value = given(...names)?.trim();
      if (value === undefined) wrong(names[0], 'is required');
      return value ?? '';
    },
    words(name) {
      const words = given(name)?.split(/\s+/).filter(Boolean);
      return words && [...new Set(words)];
    },
    flag(name, fallback) {
      const value = given(name)?.trim().toLowerCase();
      if (value === undefined) return fallback;
      if (!YES.has(value) && !NO.has(value)) wrong(name, 'must be true or false');
      return YES.has(value);
    },
    seconds(name, fallback) {
      const value = given(name)?.trim();
      if (value === undefined) return fallback;
      if (!/^\d{1,9}$/.test(value)) wrong(name, 'must be a whole number of seconds');
      return Number(value);
    },
    secret(...names) {
      const [first] = names;
      const file = given(`${first}_FILE`)?.trim();
      const value = given(...names);
      if (file !== undefined && value !== undefined)
        wrong(`${first}_FILE`, `and ${names.find(isSet)} are both set: keep one of them`);
      if (value !== undefined) return { value, file: undefined, content: value };
      if (file === undefined) return undefined;
      return { value: undefined, file, content: readFile(file)?.trim() };
    },
  };
}
