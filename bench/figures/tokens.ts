/**
 * `/jitsi/login` with a session alive: the hot path.
 *
 * @module
 */
import { compare, spread } from '../compare.ts';
import { type Figure, limitFigure, ratioFigure } from '../figure.ts';
import { CONNECTIONS, type Ground } from '../ground.ts';
import { createSigningRate } from '../rates.ts';
import { getRequest } from '../requests.ts';
import { type RunningRoomkey, startRoomkey } from '../roomkey.ts';
import { startCountingProxy } from '../round-trips.ts';
import { HS_SLUG, type World } from '../world.ts';

const RS = '/jitsi/login?room=Standup';
const HS = `/jitsi/${HS_SLUG}/login?room=Standup`;

/** One request for each person of a world. */
export function tokenRequests(world: World, path: string = RS): string[] {
  return world.people.map(({ cookie }) => getRequest(path, { Cookie: cookie }));
}

export async function tokenFigures(ground: Ground, roomkey: RunningRoomkey): Promise<Figure[]> {
  const { load, world, yardstick, pace } = ground;
  const rate = async (port: number, requests: readonly string[], status: number) => {
    const { seconds } = pace;
    const plan = { port, requests, status, seconds, connections: CONNECTIONS };
    const result = await load.run(plan);
    return result.answers / result.seconds;
  };
  const signingRate = await createSigningRate();

  const rs = await compare(pace.rounds, {
    measured: () => rate(roomkey.port, tokenRequests(world), 303),
    baseline: () => signingRate(1),
  });
  const hs = await compare(pace.rounds, {
    measured: () => rate(roomkey.port, tokenRequests(world, HS), 303),
    baseline: () => rate(yardstick.bare, [getRequest('/row')], 200),
  });
  return [
    ratioFigure('RS256 tokens / RSA-2048 signatures of one core', { ...rs, atLeast: 0.6 }),
    ratioFigure('HS256 tokens / Koa, a select and a shared insert', { ...hs, atLeast: 0.6 }),
    await roundTrips(ground),
  ];
}

/** One request at a time: concurrent ones share their inserts, and need fewer. */
async function roundTrips({ load, world, pace }: Ground): Promise<Figure> {
  const proxy = await startCountingProxy(world.settings.DATABASE_URL);
  const roomkey = await startRoomkey({ ...world.settings, DATABASE_URL: proxy.url });
  const each: number[] = [];
  for (let round = 0; round < pace.rounds; round++) {
    const plan = { port: roomkey.port, requests: tokenRequests(world), connections: 1 };
    // At a set rate every request sent is answered and counted, and no poll goes unnoticed.
    await load.run({ ...plan, status: 303, seconds: 0.2, perSecond: 100 });
    proxy.take();
    const { answers } = await load.run({ ...plan, status: 303, seconds: 1, perSecond: 400 });
    each.push(proxy.take() / answers);
  }
  await roomkey.stop();
  proxy.stop();
  const name = 'database round trips of a token, alone';
  // The poll for changes and a session's touch, once a minute, are a few in hundreds.
  return { ...limitFigure(name, { measured: spread(each), unit: '', below: 2.05 }), goal: '≤ 2' };
}
