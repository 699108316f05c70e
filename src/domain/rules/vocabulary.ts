/**
 * The words of the rule language, for whoever writes a rule: what an editor offers, and a line of
 * help for each (in the catalogues, under `vocabulary.` and the word's key).
 *
 * @module
 */
import { MAPPING_USER_NAMES, RULE_USER_NAMES } from './environment.ts';

export interface Word {
  /** Ends the key of its help: `inGroup`, `user_email`. */
  readonly key: string;
  /** What is written: `inGroup('')`, `user.email`. */
  readonly text: string;
  readonly kind: 'function' | 'method' | 'variable' | 'macro';
  /** CEL's name of what it gives: `bool`, `list<string>`. */
  readonly type: string;
}

export type ExpressionKind = 'rule' | 'mapping';

const FUNCTIONS: readonly Word[] = [
  { key: 'inGroup', text: "inGroup('')", kind: 'function', type: 'bool' },
  { key: 'inNetwork', text: "inNetwork('')", kind: 'function', type: 'bool' },
  { key: 'has', text: 'has()', kind: 'macro', type: 'bool' },
  { key: 'size', text: 'size()', kind: 'function', type: 'int' },
  { key: 'timestamp', text: "timestamp('')", kind: 'function', type: 'timestamp' },
  { key: 'duration', text: "duration('')", kind: 'function', type: 'duration' },
  { key: 'string', text: 'string()', kind: 'function', type: 'string' },
];

const METHODS: readonly Word[] = [
  { key: 'like', text: "like('')", kind: 'method', type: 'bool' },
  { key: 'startsWith', text: "startsWith('')", kind: 'method', type: 'bool' },
  { key: 'endsWith', text: "endsWith('')", kind: 'method', type: 'bool' },
  { key: 'contains', text: "contains('')", kind: 'method', type: 'bool' },
  { key: 'lowerAscii', text: 'lowerAscii()', kind: 'method', type: 'string' },
  { key: 'exists', text: 'exists(x, x)', kind: 'macro', type: 'bool' },
  { key: 'all', text: 'all(x, x)', kind: 'macro', type: 'bool' },
  { key: 'orValue', text: "orValue('')", kind: 'method', type: 'dyn' },
  { key: 'getHours', text: "getHours('Europe/Berlin')", kind: 'method', type: 'int' },
  { key: 'getDayOfWeek', text: "getDayOfWeek('Europe/Berlin')", kind: 'method', type: 'int' },
];

const USER_TYPES: Readonly<Record<string, string>> = {
  attributes: 'map<string, dyn>',
  groups: 'list<string>',
};

const VARIABLES: readonly Word[] = [
  { key: 'user', text: 'user', kind: 'variable', type: 'user' },
  { key: 'room', text: 'room', kind: 'variable', type: 'string' },
  { key: 'tenant', text: 'tenant', kind: 'variable', type: 'string' },
  { key: 'issuer', text: 'issuer', kind: 'variable', type: 'string' },
  { key: 'now', text: 'now', kind: 'variable', type: 'timestamp' },
  { key: 'ip', text: 'ip', kind: 'variable', type: 'string' },
  { key: 'auth_methods', text: 'auth.methods', kind: 'variable', type: 'list<string>' },
  { key: 'auth_mfa', text: 'auth.mfa', kind: 'variable', type: 'bool' },
  { key: 'auth_age', text: 'auth.age', kind: 'variable', type: 'int' },
];

/** What may stand in such an expression. `tenant` only where it can be read. */
export function vocabulary(kind: ExpressionKind, tenant: 'known' | 'unknown'): readonly Word[] {
  const userNames = kind === 'rule' ? RULE_USER_NAMES : MAPPING_USER_NAMES;
  const ofUser = userNames.map(
    (name): Word => ({
      key: `user_${name}`,
      text: `user.${name}`,
      kind: 'variable',
      type: USER_TYPES[name] ?? 'string',
    }),
  );
  const variables = VARIABLES.filter(({ key }) => key !== 'tenant' || tenant === 'known');
  return [...FUNCTIONS, ...variables, ...ofUser, ...METHODS];
}
