/**
 * The difference between what is and what shall be, as people read it.
 *
 * @module
 */

export interface FieldChange {
  /** `groups`, `rooms[2].useRule`. */
  readonly field: string;
  /** As JSON; `undefined` when there is none. Secrets are `"(secret)"`. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Change {
  readonly kind: 'created' | 'changed' | 'removed';
  readonly what: 'branding' | 'sign-in' | 'group' | 'user' | 'issuer' | 'upstream';
  readonly name: string;
  readonly fields: readonly FieldChange[];
}

/** Stands for a secret or a hash in a difference. */
export const MASK = '"(secret)"';

/** Compares two trees leaf by leaf; a leaf that one of them lacks is absent there. */
export function compareFields(before: object, after: object): FieldChange[] {
  const old = leavesOf(before);
  const wanted = leavesOf(after);
  const fields = new Set([...old.keys(), ...wanted.keys()]);
  return [...fields]
    .map((field) => ({ field, before: old.get(field), after: wanted.get(field) }))
    .filter((change) => change.before !== change.after);
}

function leavesOf(tree: object): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: string) => {
    if (value === undefined || value === null) return;
    const isListOfMaps = Array.isArray(value) && value.some((item) => typeof item === 'object');
    if (typeof value !== 'object' || (Array.isArray(value) && !isListOfMaps)) {
      leaves.set(path, JSON.stringify(value));
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      const step = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`;
      walk(child, `${path}${step}`);
    }
  };
  walk(tree, '');
  return leaves;
}
