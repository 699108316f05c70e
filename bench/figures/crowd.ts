/**
 * The same token rate, however many people there are.
 *
 * @module
 */
import { compare } from '../compare.ts';
import { type Figure, ratioFigure } from '../figure.ts';
import { CONNECTIONS, type Ground } from '../ground.ts';
import { type RunningRoomkey, startRoomkey } from '../roomkey.ts';
import { makeWorld, type World } from '../world.ts';
import { tokenRequests } from './tokens.ts';

/** What two equal things differ by in a run. */
const NOISE = 0.05;

export async function crowdFigures(ground: Ground, roomkey: RunningRoomkey): Promise<Figure[]> {
  const { load, world, pace, postgresUrl } = ground;
  const crowded = await makeWorld(postgresUrl, { name: 'bench_crowd', users: 100_000 });
  const other = await startRoomkey(crowded.settings);
  const rate = async ({ port }: RunningRoomkey, world: World) => {
    const requests = tokenRequests(world);
    const { seconds } = pace;
    const plan = { port, requests, status: 303, seconds, connections: CONNECTIONS };
    const result = await load.run(plan);
    return result.answers / result.seconds;
  };
  const comparison = await compare(pace.rounds, {
    measured: () => rate(other, crowded),
    baseline: () => rate(roomkey, world),
  });
  await other.stop();
  const name = 'RS256 tokens, 100,000 users / 100 users';
  return [ratioFigure(name, { ...comparison, atLeast: 1 - NOISE })];
}
