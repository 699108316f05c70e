/**
 * What an entry says of a person.
 *
 * @module
 */
import type { Assertion, LdapUpstream, UpstreamClaims } from '../upstream.ts';
import { isAccountDisabled } from './account-state.ts';
import { type DirectoryEntry, isText, valuesOf } from './entry.ts';
import { guidText } from './guid.ts';
import { pictureOf } from './picture.ts';

type Reads = Pick<LdapUpstream, 'subjectAttribute' | 'pictureAttribute'>;

const SUBJECT_MAX = 255;
/** What a service account may see, and nobody needs: passwords, their hashes, keys. */
const SECRET = /passw|pwd|secret|credential|privatekey|principalkey|pkcs12|(?:nt|lm)hash|otpkey/i;

/** `undefined` when the entry has no subject, or more than one. */
export function toAssertion(
  reads: Reads,
  entry: DirectoryEntry,
  { groups, now }: { readonly groups: readonly string[]; readonly now: Date },
): Assertion | undefined {
  const subject = subjectOf(reads, entry);
  if (subject === undefined) return undefined;
  return {
    subject,
    claims: { ...claimsOf(reads, entry), [reads.subjectAttribute]: subject, groups },
    disabled: isAccountDisabled(entry, now),
    mfa: false,
    picture: pictureOf(entry, reads.pictureAttribute),
  };
}

/** `objectGUID` as the text of a GUID, all others as they are. */
export function subjectOf(
  { subjectAttribute }: Pick<Reads, 'subjectAttribute'>,
  entry: DirectoryEntry,
): string | undefined {
  const [value, ...more] = valuesOf(entry, subjectAttribute);
  if (value === undefined || more.length > 0) return undefined;
  const subject = isGuid(subjectAttribute) ? guidOf(value) : value;
  if (subject === undefined || !isText(subject)) return undefined;
  return subject !== '' && subject.length <= SUBJECT_MAX ? subject : undefined;
}

export function isGuid(attribute: string): boolean {
  return attribute.toLowerCase() === 'objectguid';
}

function guidOf(value: string | Uint8Array): string | undefined {
  return guidText(typeof value === 'string' ? new TextEncoder().encode(value) : value);
}

/** Attributes by name: one value as text, several as a list; pictures and secrets are left out. */
function claimsOf({ pictureAttribute }: Reads, entry: DirectoryEntry): UpstreamClaims {
  const claims = new Map<string, unknown>();
  for (const { name, values } of entry.attributes.values()) {
    const texts = values.filter(isText);
    const isPicture = name.toLowerCase() === pictureAttribute?.toLowerCase();
    // Bytes among the texts: an attribute of bytes, some of which look like text.
    const isWhole = texts.length > 0 && texts.length === values.length;
    // `cn;lang-de`, `userCertificate;binary`: the plain name is what a mapping reads.
    if (isPicture || !isWhole || SECRET.test(name) || name.includes(';')) continue;
    claims.set(name, texts.length === 1 ? texts[0] : texts);
  }
  claims.set('dn', entry.dn);
  return Object.fromEntries(claims);
}
