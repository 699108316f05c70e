/**
 * The machines' door: what the admin UI does, by API key.
 *
 * @module
 */
import type { Router } from '@koa/router';
import { apiKeyApi } from './api-keys.ts';
import type { ApiKeyDeps } from '../../operations/api-keys.ts';
import { issuerApi, type IssuersApiDeps } from './issuers.ts';
import type { MintJitsiTokenDeps } from '../../operations/mint-jitsi-token.ts';
import { tokenApi } from './tokens.ts';
import { type ApiFrameDeps, mountApiRoutes } from './mount.ts';
import type { ApiRoute } from './route.ts';

export type AdminApiDeps = ApiKeyDeps & IssuersApiDeps & MintJitsiTokenDeps;

/** One list for each area. */
export function apiRouteTable(deps: AdminApiDeps): readonly ApiRoute[] {
  return [...issuerApi(deps), ...apiKeyApi(deps), ...tokenApi(deps)];
}

export function apiRoutes(deps: AdminApiDeps & ApiFrameDeps): Router {
  return mountApiRoutes(apiRouteTable(deps), deps);
}
