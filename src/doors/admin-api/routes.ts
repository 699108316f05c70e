/**
 * The machines' door: what the admin UI does, by API key.
 *
 *     GET /api/openapi.json    what there is, for everybody to read
 *     /api/v1/…                see the tables of the areas
 *
 * @module
 */
import type { Router } from '@koa/router';
import type { NeedsOf } from '../../http/needs-of.ts';
import { apiKeyApi } from './api-keys.ts';
import { auditApi } from './audit.ts';
import { configApi } from './config.ts';
import { explainApi } from './explain.ts';
import { clientApi } from './issuers/clients.ts';
import { issuerApi } from './issuers/issuers.ts';
import { keyApi } from './issuers/keys.ts';
import { roomApi } from './issuers/rooms.ts';
import { type ApiFrameDeps, mountApiRoutes } from './mount.ts';
import { openApiDocument } from './openapi.ts';
import type { ApiRoute } from './route.ts';
import { settingsApi } from './settings.ts';
import { stopsApi } from './stops.ts';
import { ruleApi } from './rules.ts';
import { binApi } from './people/bin.ts';
import { groupsApi } from './people/groups.ts';
import { importsApi } from './people/imports.ts';
import { userDeedsApi } from './people/user-deeds.ts';
import { usersApi } from './people/users.ts';
import { upstreamApi } from './upstreams.ts';
import { upstreamTestApi } from './upstream-tests.ts';
import { upstreamSyncApi } from './upstream-syncs.ts';
import { statisticsApi } from './statistics.ts';
import { tokenApi } from './tokens.ts';

const AREAS = [
  // A line for each.
  issuerApi,
  roomApi,
  clientApi,
  keyApi,
  upstreamApi,
  upstreamTestApi,
  upstreamSyncApi,
  settingsApi,
  tokenApi,
  apiKeyApi,
  configApi,
  auditApi,
  statisticsApi,
  stopsApi,
  explainApi,
  ruleApi,
  usersApi,
  userDeedsApi,
  importsApi,
  groupsApi,
  binApi,
] as const;

export type AdminApiDeps = NeedsOf<typeof AREAS>;

export function apiRouteTable(deps: AdminApiDeps): readonly ApiRoute[] {
  return AREAS.flatMap((area) => area(deps));
}

export function apiRoutes(
  deps: AdminApiDeps & ApiFrameDeps & { readonly publicUrl: () => URL },
): Router {
  const routes = apiRouteTable(deps);
  const router = mountApiRoutes(routes, deps);
  let schemas: ReturnType<typeof openApiDocument> | undefined;
  router.get('/api/openapi.json', (ctx) => {
    // The addresses stay, the public URL may change.
    schemas ??= openApiDocument(routes, deps.publicUrl());
    ctx.type = 'json';
    ctx.body = JSON.stringify({ ...schemas, servers: [{ url: deps.publicUrl().origin }] });
  });
  return router;
}
