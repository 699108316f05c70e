/**
 * The administrators' door.
 *
 *     GET /admin/issuers/{slug}/integration    what to write into the Jitsi server
 *
 * @module
 */
import type { Router } from '@koa/router';
import { createRouter } from '../../http/router.ts';
import { type IntegrationDeps, showIntegration } from './integration.ts';

export type AdminDoorDeps = IntegrationDeps;

export function adminRoutes(deps: AdminDoorDeps): Router {
  return createRouter().get('/admin/issuers/:slug/integration', showIntegration(deps));
}
