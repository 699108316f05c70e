/**
 * What the library and the system throw, as failures an operator can act on.
 *
 * @module
 */
import { ResultCodeError } from 'ldapts';
import { DirectoryFailure, type DirectoryFaultCode } from '../domain/upstreams/ldap/fault.ts';

/** Result codes (RFC 4511, appendix A) that mean the same whatever was asked. */
const BY_RESULT: Readonly<Record<number, DirectoryFaultCode>> = {
  // operationsError: Active Directory answers an anonymous search so.
  1: 'search_refused',
  3: 'timeout',
  4: 'too_many',
  8: 'encryption_required',
  10: 'referral',
  11: 'too_many',
  13: 'encryption_required',
  17: 'filter_wrong',
  18: 'filter_wrong',
  21: 'filter_wrong',
  32: 'base_dn_missing',
  34: 'base_dn_missing',
  48: 'bind_refused',
  49: 'bind_refused',
  50: 'search_refused',
  51: 'unavailable',
  52: 'unavailable',
  53: 'search_refused',
};

/** What the library says of its own accord has no code. */
const BY_WORDS: ReadonlyArray<readonly [RegExp, DirectoryFaultCode]> = [
  [/timed out|timeout/i, 'timeout'],
  [/^(?:Socket|Connection closed)/, 'unreachable'],
];

export function failureOf(error: unknown, server?: string): DirectoryFailure {
  if (error instanceof DirectoryFailure)
    return new DirectoryFailure(error.code, error.message, error.server ?? server);
  return new DirectoryFailure(codeOf(error), reasonOf(error), server);
}

function codeOf(error: unknown): DirectoryFaultCode {
  if (error instanceof ResultCodeError) return BY_RESULT[error.code] ?? 'unexpected';
  if (!(error instanceof Error)) return 'unexpected';
  if ('syscall' in error) return 'unreachable';
  return BY_WORDS.find(([words]) => words.test(error.message))?.[1] ?? 'unexpected';
}

/** `ECONNREFUSED`, else what was said. Of several addresses tried, the last one's. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors.at(-1));
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
