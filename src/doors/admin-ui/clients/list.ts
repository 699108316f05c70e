import type { Middleware } from 'koa';
import { z } from 'zod';
import { redirectOriginsOf } from '../../../domain/client.ts';
import { fromClient } from '../../../domain/config-file/client-entry.ts';
import { offerPreset } from '../../../domain/jitsi-preset.ts';
import { asCurl } from '../../../http/as-curl.ts';
import { asYaml } from '../../../http/as-yaml.ts';
import { listFrame, listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { readQuery } from '../../../http/query.ts';
import type { FoundClient } from '../../../operations/clients/find-client.ts';
import { CLIENT_SORTS } from '../../../stores/clients.ts';
import { findIssuer, headOf } from '../issuer-page.ts';
import { typeOf } from './form.ts';
import { type ClientPageDeps, standingOf } from './page.ts';

const query = listQuery.strict().extend({
  sort: z.enum(CLIENT_SORTS).default('position'),
  done: listQuery.shape.q.optional(),
});

/** `GET /admin/issuers/{slug}/clients?q=` */
export function showClients(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const { q, after, sort } = readQuery(ctx, query);
    const issuer = await findIssuer(ctx, deps);
    const { stores, clock, pages, publicUrl } = deps;
    const where = { issuerId: issuer.id, q, sort, after, limit: PAGE_SIZE };
    const { items, next, total } = await stores.clients.search(where);
    const entryOf = (found: FoundClient) => {
      const { clientId, name, kind } = found.client;
      const { secretChangedAt, formerSecretEndsAt } = standingOf(ctx, deps, found);
      const hosts = redirectOriginsOf(found.client).map((origin) => new URL(origin).host);
      const type = typeOf(found.client);
      return { clientId, name, kind, type, hosts, secretChangedAt, formerSecretEndsAt };
    };
    pages.show(ctx, 'issuer-clients', {
      issuer: headOf(ctx, issuer),
      list: listFrame(ctx, { q, total, next }),
      sort,
      clients: items.map((item) => entryOf({ issuer, ...item })),
      preset: offerPreset(issuer),
      now: clock.now(),
      machine: {
        curl: asCurl(publicUrl(), {
          method: 'GET',
          path: `/api/v1/issuers/${issuer.slug}/clients`,
        }),
        yaml: asYaml({ clients: issuer.clients.map(fromClient) }),
      },
    });
  };
}
