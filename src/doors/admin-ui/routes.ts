/**
 * The administrators' door.
 *
 *     GET, POST /admin/api-keys, …/new, …/{id}/revoke
 *     GET /admin/issuers                       all of them
 *     GET /admin/issuers/{slug}/integration    what to write into the Jitsi server
 *
 * @module
 */
import type { Router } from '@koa/router';
import { type ApiKeyPagesDeps, apiKeyRoutes } from './api-keys.ts';
import type { ConfirmationDeps } from './confirmation.ts';
import { downloadIntegration, type IntegrationDeps, showIntegration } from './integration.ts';
import { type IssuersPageDeps, showIssuers } from './issuers.ts';
import { type AdminRoute, get, mountAdminRoutes } from './route.ts';

export type AdminDoorDeps = ApiKeyPagesDeps & ConfirmationDeps & IntegrationDeps & IssuersPageDeps;

/** One list for each area, so that none grows long. */
export function adminRouteTable(deps: AdminDoorDeps): readonly AdminRoute[] {
  return [...issuerRoutes(deps), ...apiKeyRoutes(deps)];
}

export function adminRoutes(deps: AdminDoorDeps): Router {
  return mountAdminRoutes(adminRouteTable(deps), deps);
}

function issuerRoutes(deps: AdminDoorDeps): readonly AdminRoute[] {
  return [
    get('/admin/issuers', 'issuers:read', showIssuers(deps)),
    get('/admin/issuers/:slug/integration', 'issuers:read', showIntegration(deps)),
    get('/admin/issuers/:slug/integration/:file', 'issuers:read', downloadIntegration(deps)),
  ];
}
