/**
 * An issuer as it would be after a change nobody has saved yet.
 *
 * @module
 */
import { fromIssuer, toIssuer } from '../domain/config-file/issuer-entry.ts';
import { readIssuer, toIssue } from '../domain/config-file/read-issuer.ts';
import { DomainError } from '../domain/errors.ts';
import { compileIssuer } from '../domain/rules/check-issuer.ts';
import type { CompiledIssuer } from '../domain/rules/compiled-issuer.ts';
import type { IssuerFields } from './save-issuer.ts';

/**
 * @param fields Put over what the issuer has, as `saveIssuer` with `how: 'change'` does.
 * @throws {DomainError} `input_invalid`, with a path of the issuer for each issue.
 */
export function compileDraft(
  { issuer, stops }: Pick<CompiledIssuer, 'issuer' | 'stops'>,
  fields: IssuerFields,
): CompiledIssuer {
  const merged = { ...fromIssuer(issuer), ...fields, slug: issuer.slug };
  const given = Object.entries(merged).filter(([, value]) => value !== null);
  const { placed, mistakes } = readIssuer(Object.fromEntries(given));
  if (mistakes.length > 0 || !placed)
    throw new DomainError('input_invalid', { issues: mistakes.map(toIssue) });

  const compilation = compileIssuer(toIssuer(placed.entry, issuer));
  if (compilation.ok) return { ...compilation.compiled, stops };
  throw new DomainError('input_invalid', { issues: compilation.errors });
}
