import type { Context } from 'koa';
import { permissionsOf } from '../domain/permissions.ts';
import { clientIp } from './client-ip.ts';
import { requestReference } from './request-id.ts';
import { requireSignedIn } from './session.ts';

/** Who does what this request asks for, as the audit log will say it. */
export function actorOf(ctx: Context) {
  const { user } = requireSignedIn(ctx);
  return {
    actorId: user.id,
    actorName: user.username,
    ip: clientIp(ctx),
    requestId: requestReference(ctx),
  };
}

/** The same, and how far they may go. */
export function authorOf(ctx: Context) {
  return { actor: actorOf(ctx), permissions: permissionsOf(requireSignedIn(ctx).user.role) };
}
