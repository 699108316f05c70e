/**
 * Which address of an upstream leads to an account of ours: whoever can say it to be theirs there
 * gets that account here.
 *
 * @module
 */
import type { Assertion, Upstream } from './upstream.ts';

/**
 * The address as the provider itself vouches for it. Another claim that the mapping makes an address
 * of is none, nor is one of which the provider does not say that it was verified, whatever else of
 * it is believed. In a directory the operator answers for `mail`.
 */
export function verifiedEmail(
  { type }: Pick<Upstream, 'type'>,
  { claims }: Pick<Assertion, 'claims'>,
  mapped: string | undefined,
): string | undefined {
  if (type === 'ldap') return mapped;
  const { email, email_verified: isVerified } = claims;
  if (isVerified !== true || typeof email !== 'string') return undefined;
  return email.trim() === mapped ? mapped : undefined;
}

/**
 * Only A to Z are the same as a to z. Names are compared more widely, so that nobody takes one that
 * looks like another's; a mailbox that only looks like mine is not mine.
 */
export function isSameMailbox(one: string, other: string): boolean {
  return lowerAscii(one) === lowerAscii(other);
}

function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
