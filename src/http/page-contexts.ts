/**
 * Every page and what it needs, by area. A page missing here cannot be shown; a context that lacks
 * a member does not compile. Contexts hold values and codes; the wording is the template's.
 *
 * @module
 */
import type { AdminPages } from './page-contexts/admin.ts';
import type { ApiKeyPages } from './page-contexts/api-keys.ts';
import type { ClientPages } from './page-contexts/clients.ts';
import type { DashboardPages } from './page-contexts/dashboard.ts';
import type { ExplainPages } from './page-contexts/explain.ts';
import type { AuditPages } from './page-contexts/audit.ts';
import type { InspectPages } from './page-contexts/inspect.ts';
import type { IssuerPages } from './page-contexts/issuers.ts';
import type { PeoplePages } from './page-contexts/people.ts';
import type { SettingsPages } from './page-contexts/settings.ts';
import type { StopPages } from './page-contexts/stops.ts';
import type { UpstreamPages } from './page-contexts/upstreams.ts';
import type { UpstreamSyncPages } from './page-contexts/upstream-syncs.ts';
import type { OpenidPages } from './page-contexts/openid.ts';
import type { UpstreamWayPages } from './page-contexts/upstream-ways.ts';
import type { PortalPages } from './page-contexts/portal.ts';

export interface PageContexts
  extends PortalPages,
    AdminPages,
    ApiKeyPages,
    ClientPages,
    DashboardPages,
    ExplainPages,
    InspectPages,
    AuditPages,
    StopPages,
    IssuerPages,
    OpenidPages,
    SettingsPages,
    UpstreamPages,
    UpstreamSyncPages,
    PeoplePages,
    UpstreamWayPages {}

export type PageName = keyof PageContexts;
