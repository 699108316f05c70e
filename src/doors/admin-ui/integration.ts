import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { usualChoice } from '../../domain/integration/guide.ts';
import {
  type GuideChoice,
  GUESTS,
  KEY_MODES,
  PLATFORMS,
  printGuideFile,
} from '../../domain/integration/guide-file.ts';
import type { Issuer } from '../../domain/issuer.ts';
import { guideFor } from '../../http/integration-page.ts';
import type { Pages } from '../../http/pages.ts';
import { readQuery } from '../../http/query.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { headOf } from './issuer-page.ts';
import { liveIssuer } from './live-issuer.ts';
import { type AdminRoute, get, param } from './route.ts';

export interface IntegrationDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

/** What a visit of this page ends; from anywhere else it is just a visit. */
const OCCASIONS = ['setup', 'declared'] as const;

const querySchema = z.object({
  platform: z.enum(PLATFORMS).optional(),
  keys: z.enum(KEY_MODES).optional(),
  guests: z.enum(GUESTS).optional(),
  from: z.string().optional(),
});

export function integrationRoutes(deps: IntegrationDeps): readonly AdminRoute[] {
  return [
    get('/admin/issuers/:slug/integration', 'issuers:read', showIntegration(deps)),
    get('/admin/issuers/:slug/integration/:file', 'issuers:read', downloadIntegration(deps)),
  ];
}

/** `GET /admin/issuers/{slug}/integration`: what to write into the Jitsi server. */
function showIntegration({ catalog, pages, publicUrl }: IntegrationDeps): Middleware {
  return (ctx) => {
    const { issuer } = liveIssuer(ctx, catalog);
    const occasion = OCCASIONS.find((one) => one === ctx.query.from) ?? 'visit';
    const guide = guideFor(issuer, publicUrl(), choiceOf(ctx, issuer));
    pages.show(ctx, 'integration', { ...guide, issuer: headOf(ctx, issuer), occasion });
  };
}

/** `GET /admin/issuers/{slug}/integration/{file}`: one of its files, each line explained in it. */
function downloadIntegration({ catalog, pages, publicUrl }: IntegrationDeps): Middleware {
  return (ctx) => {
    const { issuer } = liveIssuer(ctx, catalog);
    const { guide } = guideFor(issuer, publicUrl(), choiceOf(ctx, issuer));
    const file = guide.files.find(({ name }) => name === param(ctx, 'file'));
    if (!file) throw new DomainError('page_not_found', undefined);
    const { text } = pages.wording(ctx);
    ctx.attachment(file.name);
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = printGuideFile(file, (note) => text(`guide.note.${note}`));
  };
}

function choiceOf(ctx: Context, issuer: Issuer): GuideChoice {
  const { from: _from, ...asked } = readQuery(ctx, querySchema);
  const usual = usualChoice(issuer);
  const { platform = usual.platform, keys = usual.keys, guests = usual.guests } = asked;
  return { platform, keys, guests };
}
