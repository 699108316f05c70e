import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { representClient } from '../../../domain/client-view.ts';
import type { InputIssue } from '../../../domain/errors.ts';
import type { Issuer } from '../../../domain/issuer.ts';
import { jitsiPreset, offerPreset } from '../../../domain/jitsi-preset.ts';
import { actorOf } from '../../../http/actor.ts';
import { etagOf, expecting } from '../../../http/etag.ts';
import { parse } from '../../../http/parse.ts';
import { readQuery } from '../../../http/query.ts';
import { seeOther } from '../../../http/see-other.ts';
import { findClient, type FoundClient } from '../../../operations/clients/find-client.ts';
import { removeClient } from '../../../operations/clients/remove-client.ts';
import { saveClient } from '../../../operations/clients/save-client.ts';
import { etag } from '../issuer-form.ts';
import { attempt, findIssuer, headOf } from '../issuer-page.ts';
import {
  ASKED_SCOPES,
  clientBody,
  clientForm,
  type ClientValues,
  firstValues,
  toClientFields,
  typedOf,
  valuesOf,
} from './form.ts';
import {
  addressOf,
  type ClientPageDeps,
  editAddress,
  idQuery,
  machineOfClient,
  standingOf,
} from './page.ts';
import { showSecret } from './secret.ts';

const newQuery = z.strictObject({ preset: z.literal('jitsi').optional() });

/** `GET /admin/issuers/{slug}/clients/new?preset=jitsi` */
export function showNewClient(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const { preset: wanted } = readQuery(ctx, newQuery);
    const issuer = await findIssuer(ctx, deps);
    const reading = jitsiPreset(issuer);
    const preset = wanted && reading.kind === 'ready' ? reading.preset : undefined;
    showForm(ctx, deps, { issuer, values: firstValues(preset) });
  };
}

/** `POST /admin/issuers/{slug}/clients/new` */
export function submitNewClient(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const values = typedOf(parse(clientBody, await deps.forms.read(ctx), 'body'));
    const issuer = await findIssuer(ctx, deps);
    const clientId = (values.clientId ?? '').trim();
    const made = await attempt(
      saveClient(deps, {
        slug: issuer.slug,
        clientId,
        fields: toClientFields(values),
        how: 'create',
        actor: actorOf(ctx),
      }),
    );
    if (!made.ok) {
      ctx.status = 400;
      return showForm(ctx, deps, { issuer, values, issues: made.issues });
    }
    const { secret } = made.result;
    if (secret !== undefined) return showSecret(ctx, deps, { ...made.result, secret });
    return seeOther(ctx, `${editAddress(issuer.slug, clientId)}&done=created`);
  };
}

/** `GET /admin/issuers/{slug}/clients/edit?id=` */
export function showEditClient(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const { slug } = await findIssuer(ctx, deps);
    const found = await findClient(deps.stores, {
      slug,
      clientId: readQuery(ctx, idQuery).id,
    });
    showForm(ctx, deps, { issuer: found.issuer, found, values: valuesOf(found.client) });
  };
}

/** `POST /admin/issuers/{slug}/clients/edit` */
export function submitEditClient(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(clientBody.extend({ etag }), await deps.forms.read(ctx), 'body');
    const { slug } = await findIssuer(ctx, deps);
    const name = { slug, clientId: fields.clientId };
    const found = await findClient(deps.stores, name);
    const values = typedOf(fields);
    const saved = await attempt(
      saveClient(deps, {
        ...name,
        fields: toClientFields(values),
        how: 'replace',
        expected: expecting(fields.etag, representClient),
        actor: actorOf(ctx),
      }),
    );
    if (!saved.ok) {
      ctx.status = 400;
      const { issues } = saved;
      return showForm(ctx, deps, { issuer: found.issuer, found, values, issues });
    }
    const { secret } = saved.result;
    if (secret !== undefined) return showSecret(ctx, deps, { ...saved.result, secret });
    return seeOther(ctx, `${editAddress(slug, fields.clientId)}&done=saved`);
  };
}

const removeBody = z.strictObject({ id: z.string().max(20_000), etag });

/** `POST /admin/issuers/{slug}/clients/remove`: into the bin. */
export function submitRemoveClient(deps: ClientPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(removeBody, await deps.forms.read(ctx), 'body');
    const { slug } = await findIssuer(ctx, deps);
    const expected = expecting(fields.etag, representClient);
    await removeClient(deps, { slug, clientId: fields.id, expected, actor: actorOf(ctx) });
    seeOther(ctx, addressOf(slug, '?done=removed'));
  };
}

interface Shown {
  readonly issuer: Issuer;
  /** None for a new one. */
  readonly found?: FoundClient;
  readonly values: ClientValues;
  readonly issues?: readonly InputIssue[];
}

function showForm(
  ctx: Context,
  deps: ClientPageDeps,
  { issuer, found, values, issues = [] }: Shown,
): void {
  deps.pages.show(ctx, 'issuer-client', {
    issuer: headOf(ctx, issuer),
    current: found && standingOf(ctx, deps, found),
    form: clientForm(values, issues),
    etag: found ? etagOf(representClient(found.client)) : '',
    scopes: ASKED_SCOPES,
    preset: offerPreset(issuer),
    now: deps.clock.now(),
    machine: found && machineOfClient(found, deps.publicUrl()),
  });
}
