/**
 * A small server that plays a Jitsi server: rooms with a front door, and what Prosody would say of
 * the token somebody comes with.
 *
 *     GET  /             a room field, rooms to try, people to be
 *     GET  /…/{room}     the front door; with `?jwt=` the token and the verdict
 *     POST /inspect      the same for an address with a fragment, which only the browser knows
 *
 * @module
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import Koa, { type Context } from 'koa';
import { DomainError } from '../domain/errors.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { seeOther } from '../http/see-other.ts';
import { loadAssets } from '../http/static-files.ts';
import type { JitsiSetup } from './docker-env.ts';
import type { Html } from './html.ts';
import { type InspectDeps, inspect } from './inspect.ts';
import { roomPage } from './room-page.ts';
import {
  type DemoPerson,
  frontDoor,
  frontPage,
  layout,
  problem,
  type SuggestedRoom,
} from './stand-in-pages.ts';
import { readVisit, tokenAuthUrl, type Visit } from './visit.ts';

export interface StandIn {
  /** Shown as the Jitsi server's name. */
  readonly name: string;
  readonly setup: JitsiSetup;
  readonly rooms?: readonly SuggestedRoom[];
  readonly people?: readonly DemoPerson[];
}

export interface RunningStandIn {
  readonly port: number;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** An address with a token in it, and some. */
const MAX_BODY_BYTES = 64 * 1024;
/** Jitsi reads path, query and fragment alone. */
const ANY_ORIGIN = 'http://jitsi.invalid';
const ASSETS = new URL('../../views/stand-in', import.meta.url);

/** @param port 0 takes any that is free. */
export async function startStandIn(
  standIn: StandIn,
  port: number,
  deps: InspectDeps,
): Promise<RunningStandIn> {
  const server = createStandIn(standIn, deps).listen(port, LOOPBACK);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => stop(server),
  };
}

function createStandIn(standIn: StandIn, deps: InspectDeps): Koa {
  const assets = loadAssets(fileURLToPath(ASSETS));
  const frame = {
    name: standIn.name,
    stylesheet: assets.url('stand-in.css'),
    script: assets.url('stand-in.js'),
  };
  const app = new Koa();
  app.use(securityHeaders());
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      ctx.status = 404;
      show(ctx, 'Not a room', problem('Not a room', 'Jitsi knows no room of that name.'));
    }
  });
  app.use(assets.serve);
  app.use((ctx) => answer(ctx));
  return app;

  async function answer(ctx: Context): Promise<void> {
    if (ctx.path === '/inspect' && ctx.method === 'POST') {
      ctx.type = 'html';
      ctx.body = (await lookAt(readVisit(readAddress(await readBody(ctx))))).markup;
      return;
    }
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return ctx.throw(405);
    if (ctx.path !== '/') {
      const visit = readVisit(new URL(ctx.url, ANY_ORIGIN));
      return show(ctx, visit.roomName, await lookAt(visit));
    }

    const room = ctx.URL.searchParams.get('room');
    if (room) return seeOther(ctx, `/${encodeURIComponent(room)}`);
    return show(
      ctx,
      'Start',
      frontPage(standIn.name, { rooms: standIn.rooms ?? [], people: standIn.people ?? [] }),
    );
  }

  async function lookAt(visit: Visit): Promise<Html> {
    const { setup } = standIn;
    if (visit.token === undefined) return frontDoor(visit, tokenAuthUrl(setup.tokenAuthUrl, visit));
    const inspection = await inspect({ setup, visit, token: visit.token }, deps);
    return roomPage({ visit, setup, inspection });
  }

  function show(ctx: Context, title: string, main: Html): void {
    ctx.type = 'html';
    ctx.body = layout(frame, title, main);
  }
}

/** The body is the address itself, as the browser shows it. */
function readAddress(body: string): URL {
  const address = URL.parse(body);
  if (!address) throw new DomainError('room_invalid', undefined);
  return address;
}

async function readBody(ctx: Context): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) ctx.throw(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
