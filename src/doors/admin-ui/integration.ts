import type { Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { Pages } from '../../http/pages.ts';
import { guideFor } from '../../http/integration-page.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { param } from './route.ts';

export interface IntegrationDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

/** `GET /admin/issuers/{slug}/integration`: what to write into the Jitsi server. */
export function showIntegration({ catalog, pages, publicUrl }: IntegrationDeps): Middleware {
  return (ctx) => {
    const slug = param(ctx, 'slug');
    const live = catalog.current().bySlug.get(slug);
    if (!live) throw new DomainError('issuer_not_found', { slug });

    const occasion = ctx.query.from === 'setup' ? 'setup' : 'visit';
    pages.show(ctx, 'integration', { ...guideFor(live.issuer, publicUrl()), occasion });
  };
}
