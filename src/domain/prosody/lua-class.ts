/**
 * One position of a Lua pattern: a character, a class `%d`, a set `[^a-z%s]`, or the dot.
 *
 * @module
 */
const CLASSES: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,
  c: /[^ -~\u0080-\u00ff]/,
  d: /[0-9]/,
  g: /[!-~]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[ \t-\r]/,
  u: /[A-Z]/,
  w: /[A-Za-z0-9]/,
  x: /[0-9A-Fa-f]/,
};

/** How much of the pattern at `p` stands for one character; undefined when it is malformed. */
export function sizeOfOne(pattern: string, p: number): number | undefined {
  if (pattern[p] === '%') return p + 1 < pattern.length ? 2 : undefined;
  if (pattern[p] !== '[') return 1;

  let at = pattern[p + 1] === '^' ? p + 2 : p + 1;
  // The first character of a set is a member, even `]`.
  do {
    if (at >= pattern.length) return undefined;
    at += pattern[at] === '%' ? 2 : 1;
  } while (pattern[at] !== ']');
  return at + 1 - p;
}

/** Whether the character at `s` is what the pattern says from `p` to `end`. */
export function matchOne(
  subject: string,
  s: number,
  pattern: string,
  p: number,
  end: number,
): boolean {
  const char = subject[s] ?? '';
  if (pattern[p] === '.') return true;
  if (pattern[p] === '%') return inClass(char, pattern[p + 1] ?? '');
  if (pattern[p] === '[') return inSet(char, pattern.slice(p + 1, end - 1));
  return char === pattern[p];
}

function inClass(char: string, name: string): boolean {
  const known = CLASSES[name.toLowerCase()];
  if (!known) return char === name;
  return known.test(char) === (name === name.toLowerCase());
}

/** `members` is what stands between the brackets. */
function inSet(char: string, members: string): boolean {
  const negated = members.startsWith('^');
  for (let at = negated ? 1 : 0; at < members.length; at += 1) {
    const member = members[at] ?? '';
    const last = members[at + 2];
    if (member === '%') {
      at += 1;
      if (inClass(char, members[at] ?? '')) return !negated;
    } else if (members[at + 1] === '-' && last !== undefined) {
      at += 2;
      if (member <= char && char <= last) return !negated;
    } else if (member === char) return !negated;
  }
  return negated;
}
