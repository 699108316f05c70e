import type { Middleware } from 'koa';
import { z } from 'zod';
import { clientIp } from '../../http/client-ip.ts';
import { describeDevice } from '../../http/device.ts';
import type { Forms } from '../../http/form.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { requireSignedIn } from '../../http/session.ts';
import {
  type EndSessionDeps,
  endSession as endOne,
  endOtherSessions,
} from '../../operations/end-session.ts';
import type { Stores } from '../../stores/index.ts';
import { forgetSession } from '../../http/sign-out-mark.ts';

export interface SessionsPageDeps extends EndSessionDeps {
  readonly stores: Pick<Stores, 'sessions' | 'transaction'>;
  readonly forms: Forms;
  readonly pages: Pages;
}

const body = z.object({ id: z.uuid() });

/** `GET /account/sessions`: where the person is signed in. */
export function showSessions({ stores, clock, pages }: SessionsPageDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    const now = clock.now();
    const sessions = await stores.sessions.listOfUser(user.id, now);
    pages.show(ctx, 'account-sessions', {
      now,
      sessions: sessions.map(({ id, ip, userAgent, createdAt, lastSeenAt }) => ({
        id,
        ip,
        createdAt,
        lastSeenAt,
        device: describeDevice(userAgent),
        standing: id === session.id ? 'current' : 'other',
      })),
    });
  };
}

/** `POST /account/sessions/end`: one of the own, effective at its next request. */
export function endSession(deps: SessionsPageDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    const { id } = parse(body, await deps.forms.read(ctx), 'body');
    await endOne(deps, {
      user,
      sessionId: id,
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
    if (id !== session.id) return seeOther(ctx, '/account/sessions');
    forgetSession(ctx);
    return seeOther(ctx, '/logout');
  };
}

/** `POST /account/sessions/end-others` */
export function endOthers(deps: SessionsPageDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    await deps.forms.read(ctx);
    await endOtherSessions(deps, {
      user,
      sessionId: session.id,
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
    seeOther(ctx, '/account/sessions');
  };
}
