/**
 * What every API request goes through: the key, the right, the schemas, the handler.
 *
 * @module
 */
import type { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { faultText } from '../../domain/faults.ts';
import type { Permission } from '../../domain/permissions.ts';
import { readBody } from '../../http/body.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readJson } from '../../http/json-body.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { requestReference } from '../../http/request-id.ts';
import { createRouter } from '../../http/router.ts';
import type { ApiCaller } from '../../operations/find-api-caller.ts';
import type { ApiRequest, ApiRoute } from './route.ts';

export interface ApiFrameDeps {
  readonly findCaller: (token: string) => Promise<ApiCaller | undefined>;
}

const BODY_LIMIT_BYTES = 64 * 1024;
const NOTHING = z.strictObject({});

export function mountApiRoutes(routes: readonly ApiRoute[], deps: ApiFrameDeps): Router {
  const router = createRouter();
  for (const route of routes)
    router.register(route.path, [route.method], async (ctx: Context) => {
      const caller = await requireCaller(ctx, deps, route.permission);
      const {
        status,
        body,
        stream,
        headers = {},
      } = await route.handle(await read(ctx, route, caller));
      ctx.status = status;
      ctx.set(headers);
      if (stream) {
        ctx.body = stream;
      } else if (body === undefined) {
        ctx.body = null;
        ctx.status = status;
      } else {
        ctx.type = 'json';
        ctx.body = JSON.stringify(body);
      }
    });
  return router;
}

/** Keys alone count here, never the cookie: no other site can make a browser call us. */
async function requireCaller(
  ctx: Context,
  { findCaller }: ApiFrameDeps,
  permission: Permission | undefined,
): Promise<ApiCaller> {
  const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(ctx.get('Authorization'))?.[1];
  if (token === undefined) throw new DomainError('api_key_required', undefined);
  const caller = await findCaller(token);
  if (!caller) throw new DomainError('api_key_invalid', undefined);
  if (permission !== undefined && !caller.permissions.includes(permission))
    throw new DomainError('permission_required', { permission });
  return caller;
}

async function read(ctx: Context, route: ApiRoute, caller: ApiCaller) {
  const { params } = ctx as Context & { params: Readonly<Record<string, string>> };
  const { body, bodyLimitBytes = BODY_LIMIT_BYTES } = route;
  const request: ApiRequest<unknown, unknown, unknown> = {
    ctx,
    caller,
    actor: {
      actorId: undefined,
      actorName: caller.name,
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    },
    params: route.params ? parse(route.params, params, 'params') : {},
    query: readQuery(ctx, route.query ?? NOTHING),
    body: body
      ? parse(body, await readJson(ctx, bodyLimitBytes), 'body')
      : await refuseBody(ctx, bodyLimitBytes),
  };
  return request as ApiRequest<never, never, never>;
}

/** Whoever sends something means something by it: it is refused, as a field nobody knows is. */
async function refuseBody(ctx: Context, limitBytes: number): Promise<undefined> {
  const { length } = await readBody(ctx, limitBytes);
  if (length === 0) return undefined;
  const issues = [{ path: 'body', message: faultText('unknown_field') }];
  throw new DomainError('input_invalid', { issues });
}
