/**
 * How soon a server is ready, and how big it is before anybody asks it anything.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { spread } from '../compare.ts';
import { type Figure, limitFigure } from '../figure.ts';
import type { Ground } from '../ground.ts';
import { startRoomkey } from '../roomkey.ts';

/** Long enough for what a start leaves behind to be collected or not. */
const IDLE_MS = 3000;
const STARTS = 3;

export async function startFigures({ world }: Ground): Promise<Figure[]> {
  const postgres = await starts(world.settings);
  const embedded = await starts({});
  return [
    limitFigure('resident memory, idle on Postgres', {
      measured: spread(postgres.map(({ rss }) => rss)),
      unit: 'MB',
      below: 150,
    }),
    limitFigure('ready on Postgres', {
      measured: spread(postgres.map(({ seconds }) => seconds)),
      unit: 's',
      below: 2,
    }),
    limitFigure('ready on a new embedded folder', {
      measured: spread(embedded.map(({ seconds }) => seconds)),
      unit: 's',
      below: 5,
    }),
  ];
}

async function starts(settings: Readonly<Record<string, string>>) {
  const seen: { seconds: number; rss: number }[] = [];
  for (let nth = 0; nth < STARTS; nth++) {
    const roomkey = await startRoomkey(settings);
    await sleep(IDLE_MS);
    seen.push({ seconds: roomkey.readyMs / 1000, rss: roomkey.rss() });
    await roomkey.stop();
  }
  return seen;
}
