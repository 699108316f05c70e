import { DomainError } from '../errors.ts';
import { BROUGHT_BACK_WRONG, type OidcFault, OUT_OF_REACH } from './oidc-fault.ts';
import type { OidcUpstream } from './upstream.ts';

const isAmong = (faults: readonly OidcFault[], fault: OidcFault) => faults.includes(fault);

/**
 * @param detail For the log and the test of an upstream: names of claims and codes, never a value
 *   that came or went.
 */
export function oidcError(
  { slug, name }: Pick<OidcUpstream, 'slug' | 'name'>,
  fault: OidcFault,
  detail = '',
) {
  const details = { slug, name, fault, detail };
  if (isAmong(OUT_OF_REACH, fault)) return new DomainError('upstream_unavailable', details);
  if (isAmong(BROUGHT_BACK_WRONG, fault)) return new DomainError('upstream_answer_wrong', details);
  return new DomainError('upstream_not_believed', details);
}
