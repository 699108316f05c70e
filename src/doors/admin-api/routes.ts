/**
 * The machines' door: what the admin UI does, by API key.
 *
 * @module
 */
import type { Router } from '@koa/router';
import type { NeedsOf } from '../../http/needs-of.ts';
import { apiKeyApi } from './api-keys.ts';
import { configApi } from './config.ts';
import { issuerApi } from './issuers.ts';
import { type ApiFrameDeps, mountApiRoutes } from './mount.ts';
import type { ApiRoute } from './route.ts';
import { tokenApi } from './tokens.ts';

const AREAS = [
  // A line for each.
  issuerApi,
  tokenApi,
  apiKeyApi,
  configApi,
] as const;

export type AdminApiDeps = NeedsOf<typeof AREAS>;

export function apiRouteTable(deps: AdminApiDeps): readonly ApiRoute[] {
  return AREAS.flatMap((area) => area(deps));
}

export function apiRoutes(deps: AdminApiDeps & ApiFrameDeps): Router {
  return mountApiRoutes(apiRouteTable(deps), deps);
}
