import type { Context } from 'koa';
import { KNOWN_DEVICE_SECONDS } from '../../domain/session.ts';
import type { User } from '../../domain/user.ts';
import { clearCookie, readCookie, setCookie } from '../../http/cookies.ts';
import { setSignedIn } from '../../http/session.ts';
import type { StartedSession } from '../../operations/start-session.ts';

/** The browser is the person's from here on. A remembered sign-in outlives the browser's session. */
export function keepSession(ctx: Context, { session, token }: StartedSession, user: User): void {
  const seconds = (session.expiresAt.getTime() - session.createdAt.getTime()) / 1000;
  setCookie(ctx, 'session', {
    value: token,
    ...(session.remembered ? { maxAgeSeconds: seconds } : {}),
  });
  clearCookie(ctx, 'visitor');
  if (readCookie(ctx, 'signedOut') !== undefined) clearCookie(ctx, 'signedOut');
  setSignedIn(ctx, { user, session });
}

export function keepDevice(ctx: Context, token: string): void {
  setCookie(ctx, 'device', { value: token, maxAgeSeconds: KNOWN_DEVICE_SECONDS });
}
