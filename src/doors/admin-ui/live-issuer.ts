import type { Context } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { IssuerCatalog, LiveIssuer } from '../../operations/issuer-catalog.ts';
import { param } from './route.ts';

/** The issuer of the address. @throws {DomainError} `issuer_not_found`. */
export function liveIssuer(ctx: Context, catalog: Pick<IssuerCatalog, 'current'>): LiveIssuer {
  const slug = param(ctx, 'slug');
  const live = catalog.current().bySlug.get(slug);
  if (!live) throw new DomainError('issuer_not_found', { slug });
  return live;
}
