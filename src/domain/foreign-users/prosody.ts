/**
 * Accounts of a Prosody that keeps them itself (`authentication = "internal_hashed"`): one file
 * of Lua each, `accounts/NAME.dat`, with what SCRAM needs and no password.
 *
 * @module
 */
import { readForeignHash, writeDerivedHash } from '../foreign-hash.ts';
import { countReasons, type ForeignReading, toCells } from './reading.ts';

export interface AccountFile {
  /** `ada.dat`; what is no letter or digit is written `%xx`. */
  readonly name: string;
  readonly text: string;
}

export function readProsodyAccounts(files: readonly AccountFile[]): ForeignReading {
  const reasons: string[] = [];
  const people = files.flatMap(({ name, text }) => {
    const username = decodeName(name.replace(/\.dat$/, ''));
    if (username === undefined) {
      reasons.push('file whose name is no account');
      return [];
    }
    const passwordHash = hashOf(text);
    if (passwordHash === undefined)
      reasons.push('account without a SCRAM hash: that person needs a new password');
    return [{ line: 0, cells: toCells({ username, passwordHash }) }];
  });
  return { people, remarks: countReasons(reasons) };
}

function decodeName(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** Prosody takes the salt as the text it is, and writes the key in hex. */
function hashOf(text: string): string | undefined {
  const salt = field(text, 'salt');
  const key = field(text, 'stored_key');
  const iterations = Number(field(text, 'iteration_count'));
  if (salt === undefined || key === undefined || !/^([\da-f]{40}|[\da-f]{64})$/i.test(key))
    return undefined;
  const hash = writeDerivedHash({
    kind: 'scram',
    digest: key.length === 40 ? 'sha1' : 'sha256',
    iterations,
    salt: Buffer.from(salt),
    hash: Buffer.from(key, 'hex'),
  });
  return readForeignHash(hash) ? hash : undefined;
}

/** `["salt"] = "…";` or `["iteration_count"] = 10000;` */
function field(text: string, name: string): string | undefined {
  const found = new RegExp(`\\["${name}"\\] = (?:"([^"\\\\\\n]*)"|(\\d+));`).exec(text);
  return found?.[1] ?? found?.[2];
}
