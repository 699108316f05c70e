import type { Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { Pages } from '../../http/pages.ts';
import { guideFor } from '../../http/integration-page.ts';
import { requireAdministrator } from '../../http/session.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';

export interface IntegrationDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

/** `GET /admin/issuers/{slug}/integration`: what to write into the Jitsi server. */
export function showIntegration({ catalog, pages, publicUrl }: IntegrationDeps): Middleware {
  return (ctx) => {
    requireAdministrator(ctx);
    const { params } = ctx as typeof ctx & { params: Readonly<Record<string, string>> };
    const slug = params.slug ?? '';
    const live = catalog.current().bySlug.get(slug);
    if (!live) throw new DomainError('issuer_not_found', { slug });

    const occasion = ctx.query.from === 'setup' ? 'setup' : 'visit';
    pages.show(ctx, 'integration', { ...guideFor(live.issuer, publicUrl()), occasion });
  };
}
