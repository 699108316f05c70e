import { readForeignHash } from '../foreign-hash.ts';
import { countReasons, type ForeignReading, toCells } from './reading.ts';

const WEAK: readonly (readonly [RegExp, string])[] = [
  [/^\$apr1\$/, 'MD5'],
  [/^\{SHA\}/, 'SHA-1'],
  [/^\$[156]\$/, 'crypt'],
];

/** Apache's password file, a line each: `name:hash`. Only bcrypt is taken as it is. */
export function readHtpasswd(text: string): ForeignReading {
  const reasons: string[] = [];
  const people = text.split(/\r?\n/).flatMap((row, nth) => {
    const [, username, hash = ''] = /^([^:#][^:]*):([^:]*)/.exec(row) ?? [];
    if (username === undefined) return [];
    const isKept = readForeignHash(hash) !== undefined;
    if (!isKept) {
      const kind = WEAK.find(([shape]) => shape.test(hash))?.[1] ?? 'another kind of hash';
      reasons.push(`${kind}, which is not taken: that person needs a new password`);
    }
    return [{ line: nth + 1, cells: toCells({ username, passwordHash: isKept ? hash : '' }) }];
  });
  return { people, remarks: countReasons(reasons) };
}
