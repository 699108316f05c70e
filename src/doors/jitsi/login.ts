import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { appReturnUrl } from '../../domain/app-return.ts';
import { DomainError } from '../../domain/errors.ts';
import { entryPath, type JitsiEntry, readJitsiEntry } from '../../domain/jitsi-entry.ts';
import { meetingUrl } from '../../domain/meeting-url.ts';
import { rawQueryValue } from '../../domain/raw-query.ts';
import { clientIp } from '../../http/client-ip.ts';
import type { Pages } from '../../http/pages.ts';
import { readQuery } from '../../http/query.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { type IssueJitsiTokenDeps, issueJitsiToken } from '../../operations/issue-jitsi-token.ts';
import type { IssuerCatalog, LiveIssuer } from '../../operations/issuer-catalog.ts';
import { slugOf } from './slug-of.ts';

export interface LoginDeps extends IssueJitsiTokenDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly pages: Pages;
}

const query = z.object({ state: z.string().optional() });
/** Of each address of this door: the upstream that people without a sign-in are led to. */
const wayQuery = z.object({ upstream: z.string().max(40).optional() });

/** `GET /jitsi[/{issuer}]/login?room=&state=&upstream=`: decides, signs, and sends the person to the room. */
export function login(deps: LoginDeps): Middleware {
  return (ctx) => {
    const { state } = readQuery(ctx, query);
    const room = rawQueryValue(ctx.querystring, 'room');
    return enterRoom(ctx, deps, readJitsiEntry(slugOf(ctx), { room, state }));
  };
}

/**
 * The one way through this door. Signed out, a person passes the sign-in and comes back here.
 *
 * @throws {DomainError} `issuer_not_found`, `issuer_without_server`, `login_required`, and what
 *   `issueJitsiToken` throws.
 */
export async function enterRoom(ctx: Context, deps: LoginDeps, entry: JitsiEntry): Promise<void> {
  const live = findIssuer(deps, entry.slug);
  const signedIn = findSignedIn(ctx);
  if (!signedIn)
    throw new DomainError('login_required', {
      returnTo: entryPath(entry),
      upstream: readQuery(ctx, wayQuery).upstream,
    });

  const { room, tenant, config } = entry;
  const { token } = await issueJitsiToken(deps, {
    live,
    ...signedIn,
    room,
    tenant,
    ip: clientIp(ctx),
    requestId: requestReference(ctx),
  });
  const url = meetingUrl({ issuer: live.issuer, room, tenant, token, config });

  // The token is in the address: nothing may keep it, and no next page may be told of it.
  ctx.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  if (entry.app === undefined) return seeOther(ctx, url);
  return deps.pages.show(ctx, 'app-return', {
    appUrl: appReturnUrl(entry.app, url),
    room: room.canonical,
    host: new URL(url).host,
  });
}

function findIssuer({ catalog }: LoginDeps, slug: string): LiveIssuer {
  const live = catalog.current().bySlug.get(slug);
  if (!live) throw new DomainError('issuer_not_found', { slug });
  if (live.issuer.serverUrl === undefined) throw new DomainError('issuer_without_server', { slug });
  return live;
}
