import { faultText } from '../faults.ts';
import type { User } from '../user.ts';
import {
  type Compilation,
  type CompiledMapping,
  compileExpression,
  type RuleScope,
} from './compile.ts';
import { asText } from './engine.ts';
import { showValue } from './show-value.ts';

/** The user's names that are values by themselves, in every mapping. */
const FIELDS: Readonly<Record<string, (user: User) => unknown>> = {
  id: (user) => user.id,
  username: (user) => user.username,
  email: (user) => user.email,
  displayName: (user) => user.displayName,
  name: (user) => user.displayName,
  avatarUrl: (user) => user.avatarUrl,
  source: (user) => user.source,
  groups: (user) => user.groups,
};
const ATTRIBUTE = /^attributes\.([A-Za-z_][A-Za-z0-9_-]*)$/;

/**
 * Compiles an entry of a mapping: one of the user's names (`displayName`,
 * `attributes.department`) is that value, anything else CEL that gives a string. A list of
 * strings behind a name becomes its members, separated by commas.
 */
export function compileMapping(source: string, scope: RuleScope): Compilation<string | undefined> {
  const name = source.trim();
  const read = readerOf(name);
  if (!read) return compileExpression(source, scope);

  const evaluate: CompiledMapping['evaluate'] = ({ user }) => {
    const value = read(user);
    return { value: Array.isArray(value) ? value.map(String).join(',') : asText(value) };
  };
  const readings: CompiledMapping['read'] = ({ user }) => {
    const value = read(user);
    const at = { text: name, depth: 0 };
    return [
      value === undefined
        ? {
            ...at,
            outcome: 'error',
            code: 'value_missing',
            message: faultText('cel_no_such_key', { name }),
          }
        : { ...at, outcome: 'value', value: showValue(value) },
    ];
  };
  return {
    ok: true,
    rule: { source, uses: new Set([`user.${name}`]), evaluate, read: readings },
  };
}

function readerOf(name: string): ((user: User) => unknown) | undefined {
  if (Object.hasOwn(FIELDS, name)) return FIELDS[name];
  const attribute = ATTRIBUTE.exec(name)?.[1];
  if (attribute === undefined) return undefined;
  return ({ attributes }) =>
    Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
}
