import type { Middleware } from 'koa';
import { z } from 'zod';
import { ISSUER_SORTS, sortIssuers } from '../../domain/issuer.ts';
import { asCurl } from '../../http/as-curl.ts';
import { listFrame, listQuery } from '../../http/list-query.ts';
import type { Pages } from '../../http/pages.ts';
import { readQuery } from '../../http/query.ts';
import { may } from '../../http/session.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { type AdminRoute, get } from './route.ts';

export interface IssuersPageDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

export function issuerRoutes(deps: IssuersPageDeps): readonly AdminRoute[] {
  return [get('/admin/issuers', 'issuers:read', showIssuers(deps))];
}

const query = listQuery.extend({ sort: z.enum(ISSUER_SORTS).default('slug') });

/** `GET /admin/issuers?q=`: all of them, from memory: there are tens, not thousands. */
function showIssuers({ catalog, pages, publicUrl }: IssuersPageDeps): Middleware {
  return (ctx) => {
    const { q, sort } = readQuery(ctx, query);
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    const all = [...catalog.current().bySlug.values()].map(({ issuer }) => issuer);
    const issuers = sortIssuers(all, sort)
      .map(({ slug, name, serverUrl, algorithm, useRule }) => ({
        slug,
        name,
        host: serverUrl === undefined ? undefined : new URL(serverUrl).host,
        algorithm,
        useRule,
      }))
      .filter((entry) => {
        const text = Object.values(entry).join(' ').toLowerCase();
        return words.every((word) => text.includes(word));
      });
    const total = { count: issuers.length, more: false };
    pages.show(ctx, 'admin-issuers', {
      list: listFrame(ctx, { q, total, next: undefined }),
      sort,
      issuers,
      mayWrite: may(ctx, 'issuers:write'),
      machine: {
        curl: asCurl(publicUrl(), { method: 'GET', path: '/api/v1/issuers' }),
        yaml: undefined,
      },
    });
  };
}
