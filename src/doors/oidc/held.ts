/**
 * What a request has learned of the database or will write to it, so that it asks once and writes
 * once: a token comes with its grant and its sign-in, a grant goes with its code.
 *
 * @module
 */
import type { Context } from 'koa';
import type { ArtifactPayload, FoundArtifact, NewArtifact } from '../../stores/oidc-artifacts.ts';
import type { LiveSession } from '../../stores/session-row.ts';

interface Held {
  readonly found?: FoundArtifact;
  /** Made in this request, and not written yet. */
  readonly grant?: NewArtifact;
}

const held = new WeakMap<Context, Held>();

type Asking = Context | undefined;

function hold(ctx: Asking, more: Held): void {
  if (ctx) held.set(ctx, { ...held.get(ctx), ...more });
}

export function holdFound(ctx: Asking, found: FoundArtifact): void {
  hold(ctx, { found });
}

/** The grant that a token of this request came from, as it was when the token was found. */
export function grantFound(ctx: Asking, id: string): ArtifactPayload | undefined {
  const found = ctx && held.get(ctx)?.found;
  return found?.payload.grantId === id ? found.grant : undefined;
}

/** The sign-in that a token of this request belongs to, as it was when the token was found. */
export function liveFound(ctx: Asking, sessionId: string): LiveSession | undefined {
  const live = ctx && held.get(ctx)?.found?.live;
  return live?.session.id === sessionId ? live : undefined;
}

/** A grant nothing is given for is worth nothing: it is written with the code. */
export function holdGrant(ctx: Asking, grant: NewArtifact): void {
  hold(ctx, { grant });
}

export function takeGrant(ctx: Asking, grantId: string | undefined): readonly NewArtifact[] {
  const grant = ctx && held.get(ctx)?.grant;
  return grant !== undefined && grant.id === grantId ? [grant] : [];
}
