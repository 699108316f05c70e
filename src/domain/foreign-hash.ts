/**
 * Password hashes of other systems, as we keep them until their owner signs in next: bcrypt as it
 * is, the others in the shape of PHC strings, `$pbkdf2-sha256$i=27500$SALT$HASH` and
 * `$scram-sha-1$i=10000$SALT$STOREDKEY`, salt and hash in base64 without padding.
 *
 * @module
 */

export type Digest = 'sha1' | 'sha256' | 'sha512';

export type ForeignHash =
  | { readonly kind: 'bcrypt'; readonly text: string }
  | DerivedHash
  /** RFC 5802: what is kept is `H(HMAC(derived, "Client Key"))`. */
  | (Omit<DerivedHash, 'kind'> & { readonly kind: 'scram' });

interface DerivedHash {
  readonly kind: 'pbkdf2';
  readonly digest: Digest;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** More would let one sign-in hold a core for seconds; each block of a long key takes all of them. */
const MOST_ITERATIONS = 2_000_000;
const MOST_BCRYPT_COST = 15;

const BCRYPT = /^\$2[abxy]\$(\d\d)\$[./\dA-Za-z]{53}$/;
const DERIVED =
  /^\$(pbkdf2|scram)-(sha-?1|sha-?256|sha-?512)\$i=(\d{1,7})\$([\w+/]{2,344})\$([\w+/]{22,344})$/;

/** `undefined` for what is none, or takes more work than we can afford. */
export function readForeignHash(text: string): ForeignHash | undefined {
  const cost = BCRYPT.exec(text)?.[1];
  if (cost !== undefined)
    return Number(cost) >= 4 && Number(cost) <= MOST_BCRYPT_COST
      ? { kind: 'bcrypt', text }
      : undefined;

  const [, kind, name = '', count, salt = '', hash = ''] = DERIVED.exec(text) ?? [];
  const digest = DIGESTS[name.replace('-', '')];
  const iterations = Number(count);
  if (!digest || iterations < 1) return undefined;
  const key = Buffer.from(hash, 'base64');
  const blocks = kind === 'scram' ? 1 : Math.ceil(key.length / BLOCK_BYTES[digest]);
  if (iterations * blocks > MOST_ITERATIONS) return undefined;
  return {
    kind: kind === 'scram' ? 'scram' : 'pbkdf2',
    digest,
    iterations,
    salt: Buffer.from(salt, 'base64'),
    hash: key,
  };
}

/** RFC 8018, section 5.2: a derived key is made in blocks of the digest's length. */
const BLOCK_BYTES: Readonly<Record<Digest, number>> = { sha1: 20, sha256: 32, sha512: 64 };

const DIGESTS: Readonly<Record<string, Digest>> = {
  sha1: 'sha1',
  sha256: 'sha256',
  sha512: 'sha512',
};

/** The other way round, for what a file says in its own way. */
export function writeDerivedHash({
  kind,
  digest,
  iterations,
  salt,
  hash,
}: Exclude<ForeignHash, { kind: 'bcrypt' }>): string {
  const name = kind === 'scram' ? digest.replace('sha', 'sha-') : digest;
  return `$${kind}-${name}$i=${iterations}$${base64(salt)}$${base64(hash)}`;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
