/**
 * The addresses of the bridges people come from; each means `/jitsi/login` of the issuer `main`.
 *
 *     GET /room/{room}                     jitsi-openid
 *     GET /oidc/auth?roomname=             jitsi-OIDC-adapter
 *     GET /oidc/auth?state=                jitsi-oidc-adapter
 *     GET /authenticate?state=&room=       go-openid
 *
 * @module
 */
import type { Middleware } from 'koa';
import { z } from 'zod';
import { readJitsiEntry } from '../../domain/jitsi-entry.ts';
import { rawQueryValue } from '../../domain/raw-query.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { readQuery } from '../../http/query.ts';
import { enterRoom, type LoginDeps } from './login.ts';

const query = z.object({ state: z.string().optional() });

export function bridgeRoom(deps: LoginDeps): Middleware {
  return (ctx) => {
    const { state } = readQuery(ctx, query);
    // The router has decoded its parameter; the path has not been touched.
    const room = ctx.path.slice('/room/'.length);
    return enterRoom(ctx, deps, readJitsiEntry(MAIN_SLUG, { room, state }));
  };
}

export function bridgeQuery(deps: LoginDeps): Middleware {
  return (ctx) => {
    const { state } = readQuery(ctx, query);
    const named = (name: string) => rawQueryValue(ctx.querystring, name);
    const room = named('room') ?? named('roomname');
    return enterRoom(ctx, deps, readJitsiEntry(MAIN_SLUG, { room, state }));
  };
}
