/**
 * The secret of a client: made here, shown once, and the one before ended.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { actorOf } from '../../../http/actor.ts';
import { parse } from '../../../http/parse.ts';
import { seeOther } from '../../../http/see-other.ts';
import {
  endFormerSecret,
  type RotatedSecret,
  rotateClientSecret,
} from '../../../operations/clients/client-secrets.ts';
import { findIssuer, headOf } from '../issuer-page.ts';
import { typeOf } from './form.ts';
import { type ClientPageDeps, discoveryOf, editAddress, standingOf } from './page.ts';

/** What the form offers, in seconds. */
const OVERLAPS = ['0', '3600', '86400', '604800', '2592000'] as const;

const id = z.string().max(20_000);
const rotateBody = z.strictObject({ id, overlap: z.enum(OVERLAPS) });

/** `POST /admin/issuers/{slug}/clients/secret` */
export function submitClientSecret(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(rotateBody, await deps.forms.read(ctx), 'body');
    const { slug } = await findIssuer(ctx, deps);
    const overlapSeconds = Number(fields.overlap);
    const name = { slug, clientId: fields.id };
    const made = await rotateClientSecret(deps, { ...name, overlapSeconds, actor: actorOf(ctx) });
    showSecret(ctx, deps, made);
  };
}

/** `POST /admin/issuers/{slug}/clients/end-former` */
export function submitEndFormer(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(z.strictObject({ id }), await deps.forms.read(ctx), 'body');
    const { slug } = await findIssuer(ctx, deps);
    await endFormerSecret(deps, { slug, clientId: fields.id, actor: actorOf(ctx) });
    seeOther(ctx, `${editAddress(slug, fields.id)}&done=secret_ended`);
  };
}

/** Once: nobody can be told again. */
export function showSecret(
  ctx: Context,
  deps: ClientPageDeps,
  { secret, ...found }: RotatedSecret,
): void {
  const { issuer, client } = found;
  ctx.set('Cache-Control', 'no-store');
  deps.pages.show(ctx, 'issuer-client-secret', {
    issuer: headOf(ctx, issuer),
    clientId: client.clientId,
    type: typeOf(client),
    secret,
    discovery: discoveryOf(issuer, deps.publicUrl()).discovery,
    formerSecretEndsAt: standingOf(ctx, deps, found).formerSecretEndsAt,
  });
}
