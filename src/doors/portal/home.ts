import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import { entryPath } from '../../domain/jitsi-entry.ts';
import { rawQueryValue } from '../../domain/raw-query.ts';
import { canonicalRoom, roomNamed } from '../../domain/room.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { clientIp } from '../../http/client-ip.ts';
import type { LauncherServer, RecentRoom } from '../../http/page-contexts/portal.ts';
import type { Pages } from '../../http/pages.ts';
import { readQuery } from '../../http/query.ts';
import { requireSignedIn } from '../../http/session.ts';
import type { IssuerCatalog, LiveIssuer } from '../../operations/issuer-catalog.ts';
import { previewRole, type Visitor } from '../../operations/preview-role.ts';
import type { Stores } from '../../stores/index.ts';

export interface HomeDeps {
  readonly stores: Pick<Stores, 'auditEvents'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly clock: Clock;
  readonly pages: Pages;
}

const RECENT = 8;

const query = z.object({ issuer: z.string().optional(), room: z.string().optional() });

/** `GET /`: the room launcher; with `issuer` and `room`, what one will be in that room. */
export function showHome({ stores, catalog, clock, pages }: HomeDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    const now = clock.now();
    const visitor: Visitor = { user, session, now, ip: clientIp(ctx) };
    const asked = readQuery(ctx, query);
    const issuers = [...catalog.current().bySlug.values()];
    const recent = await stores.auditEvents.recentRooms(user.id, RECENT);

    pages.show(
      ctx,
      'home',
      {
        now,
        servers: issuers.map((live) => ({
          ...presentServer(live),
          preview: asked.issuer === live.issuer.slug ? preview(ctx, live, visitor) : undefined,
        })),
        recent: recent.flatMap(({ issuerId, room, at }) => {
          const live = issuers.find(({ issuer }) => issuer.id === issuerId);
          return live ? [presentRoom(live, visitor, { room, at })] : [];
        }),
      },
      // The room forms end there, and browsers hold redirects after a form against `form-action`.
      { formAction: issuers.flatMap(({ issuer }) => issuer.serverUrl ?? []) },
    );
  };
}

function preview(ctx: Context, live: LiveIssuer, visitor: Visitor): LauncherServer['preview'] {
  const raw = rawQueryValue(ctx.querystring, 'room');
  const room = canonicalRoom(raw ?? '');
  return { room: room.canonical, role: previewRole(live, visitor, room) };
}

function presentServer({ issuer }: LiveIssuer): Omit<LauncherServer, 'preview'> {
  return {
    slug: issuer.slug,
    name: issuer.name,
    host: issuer.serverUrl === undefined ? undefined : new URL(issuer.serverUrl).host,
    action: issuer.slug === MAIN_SLUG ? '/jitsi/login' : `/jitsi/${issuer.slug}/login`,
  };
}

function presentRoom(
  live: LiveIssuer,
  visitor: Visitor,
  { room, at }: { room: string; at: Date },
): RecentRoom {
  const named = roomNamed(room);
  const entry = { room: named, tenant: undefined, config: [], app: undefined };
  return {
    room,
    serverName: live.issuer.name,
    href: entryPath({ slug: live.issuer.slug, ...entry }),
    role: previewRole(live, visitor, named),
    at,
  };
}
