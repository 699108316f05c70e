/**
 * The administrators' door. Each area's module says which addresses it answers.
 *
 * @module
 */
import type { Router } from '@koa/router';
import type { NeedsOf } from '../../http/needs-of.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { auditRoutes } from './audit.ts';
import { clientRoutes } from './clients/routes.ts';
import type { ConfirmationDeps } from './confirmation.ts';
import { explainRoutes } from './explain.ts';
import { stopRoutes } from './stops.ts';
import { dashboardRoutes } from './dashboard.ts';
import { exportRoutes } from './export.ts';
import { inspectRoutes } from './inspect.ts';
import { integrationRoutes } from './integration.ts';
import { issuerPageRoutes } from './issuer-routes.ts';
import { issuerRoutes } from './issuers.ts';
import { peopleRoutes } from './people/routes.ts';
import { type AdminRoute, mountAdminRoutes } from './route.ts';
import { settingsRoutes } from './settings.ts';
import { upstreamRoutes } from './upstreams/routes.ts';
import { ruleEditorRoutes } from './rule-editor.ts';

const AREAS = [
  // A line for each.
  issuerRoutes,
  issuerPageRoutes,
  integrationRoutes,
  clientRoutes,
  apiKeyRoutes,
  settingsRoutes,
  exportRoutes,
  explainRoutes,
  inspectRoutes,
  ruleEditorRoutes,
  auditRoutes,
  dashboardRoutes,
  peopleRoutes,
  stopRoutes,
  upstreamRoutes,
] as const;

export type AdminDoorDeps = ConfirmationDeps & NeedsOf<typeof AREAS>;

export function adminRouteTable(deps: AdminDoorDeps): readonly AdminRoute[] {
  return AREAS.flatMap((area) => area(deps));
}

export function adminRoutes(deps: AdminDoorDeps): Router {
  return mountAdminRoutes(adminRouteTable(deps), deps);
}
