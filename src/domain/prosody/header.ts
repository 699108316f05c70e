/**
 * The second look at the header, and the signature: what the plugin's JWT library does once it has
 * a key.
 *
 * @module
 */
import { type Finding, hangs, type Line, ok, refused, skipped } from './finding.ts';
import { canIndex, field } from './json.ts';
import { type KeySearch, readPem } from './key.ts';
import { type CheckSignature, isAlgorithm, type VerifyingKey } from './signature.ts';
import type { TokenParts } from './token-parts.ts';

interface Seal {
  readonly parts: TokenParts;
  readonly search: KeySearch;
  /** The one algorithm the host takes. */
  readonly algorithm: string;
  readonly checkSignature: CheckSignature;
}

export function checkSeal(seal: Seal): readonly Finding[] {
  const { parts, algorithm } = seal;
  const alg: Line = { name: 'alg', seen: algorithm, wanted: 'an algorithm Prosody knows' };
  if (!isAlgorithm(algorithm)) return [refused(alg, 'header', 'Algorithm not supported')];

  const format: Line = { name: 'format', seen: undefined, wanted: 'header.payload.signature' };
  if (!parts.readable) return [refused(format, 'header', parts.reason)];
  if (!canIndex(parts.header)) return [hangs(format, 'login', 'header_odd')];

  return [
    ok({ ...format, seen: 'three readable pieces' }),
    mustBe({ name: 'typ', seen: field(parts.header, 'typ'), wanted: 'JWT' }, 'Invalid typ'),
    mustBe(
      { name: 'alg', seen: field(parts.header, 'alg'), wanted: algorithm },
      'Invalid or incorrect alg',
    ),
    checkSignature(seal),
  ];
}

function mustBe(line: Line, reason: string): Finding {
  return line.seen === line.wanted ? ok(line) : refused(line, 'header', reason);
}

function checkSignature({ parts, search, algorithm, checkSignature }: Seal): Finding {
  const line: Line = { name: 'signature', seen: undefined, wanted: `${algorithm}, by that key` };
  if (search.unreadable)
    return hangs({ ...line, name: 'key', seen: 'no public key in PEM' }, 'login', 'key_unreadable');
  const key = search.key && asUsed(search.key, algorithm);
  if (!key || !parts.readable || !isAlgorithm(algorithm)) return skipped(line);

  const { signingInput, signature } = parts;
  const answer = checkSignature({ alg: algorithm, key, signingInput, signature });
  if (answer === 'unreadable_key') {
    const why = key.kind === 'secret' ? 'algorithm_unusable' : 'key_unreadable';
    return hangs({ ...line, seen: 'a key that cannot be used' }, 'login', why);
  }
  return answer === 'valid'
    ? ok({ ...line, seen: 'valid' })
    : refused({ ...line, seen: 'invalid' }, 'signature', 'Invalid signature');
}

/** A secret that is itself a PEM works with RS: the plugin does not tell the two apart. */
function asUsed(key: VerifyingKey, algorithm: string): VerifyingKey {
  if (key.kind !== 'secret' || algorithm.startsWith('HS')) return key;
  return readPem(key.secret) ?? key;
}
