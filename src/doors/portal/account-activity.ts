import type { Middleware } from 'koa';
import { z } from 'zod';
import type { StoredAuditEvent } from '../../domain/audit-event.ts';
import type { Clock } from '../../domain/clock.ts';
import type { ActivityEntry, RoomRole } from '../../http/page-contexts/portal.ts';
import type { Pages } from '../../http/pages.ts';
import { readQuery } from '../../http/query.ts';
import { requireSignedIn } from '../../http/session.ts';
import type { CatalogSnapshot, IssuerCatalog } from '../../operations/issuer-catalog.ts';
import type { Stores } from '../../stores/index.ts';

export interface ActivityDeps {
  readonly stores: Pick<Stores, 'auditEvents'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly clock: Clock;
  readonly pages: Pages;
}

const PAGE = 25;
const query = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});

/** `GET /account/activity?before=`: what the person did and what was tried in their name, newest first. */
export function showActivity({ stores, catalog, clock, pages }: ActivityDeps): Middleware {
  return async (ctx) => {
    const { user } = requireSignedIn(ctx);
    const { before } = readQuery(ctx, query);
    const events = await stores.auditEvents.list({
      aboutUserId: user.id,
      limit: PAGE + 1,
      ...(before === undefined ? {} : { before }),
    });
    const shown = events.slice(0, PAGE);
    const last = shown.at(-1);

    pages.show(ctx, 'account-activity', {
      now: clock.now(),
      events: shown.map((event) => present(event, catalog.current())),
      olderHref: events.length > PAGE && last ? `/account/activity?before=${last.id}` : undefined,
    });
  };
}

function present(event: StoredAuditEvent, { bySlug }: CatalogSnapshot): ActivityEntry {
  const { at, type, ip, room, issuerId } = event;
  const live = [...bySlug.values()].find(({ issuer }) => issuer.id === issuerId);
  return { at, type, ip, room, issuerName: live?.issuer.name, role: roleOf(event) };
}

function roleOf({ type, role }: StoredAuditEvent): RoomRole | undefined {
  if (type === 'token.denied') return 'denied';
  return role === 'moderator' || role === 'participant' ? role : undefined;
}
