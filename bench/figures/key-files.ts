/**
 * What Prosody fetches, against a constant behind a router.
 *
 * @module
 */

import { asapFile } from '../../src/crypto/digest.ts';
import { compare } from '../compare.ts';
import { type Figure, ratioFigure } from '../figure.ts';
import { CONNECTIONS, type Ground } from '../ground.ts';
import { getRequest } from '../requests.ts';
import type { RunningRoomkey } from '../roomkey.ts';

export async function keyFileFigures(ground: Ground, roomkey: RunningRoomkey): Promise<Figure[]> {
  const { load, yardstick, pace } = ground;
  const rate = async (port: number, path: string) => {
    const { seconds } = pace;
    const requests = [getRequest(path)];
    const plan = { port, requests, status: 200, seconds, connections: CONNECTIONS };
    const result = await load.run(plan);
    return result.answers / result.seconds;
  };
  const against = (path: string) =>
    compare(pace.rounds, {
      measured: () => rate(roomkey.port, path),
      baseline: () => rate(yardstick.routed, '/constant/39'),
    });

  const [kid] = await listKids(roomkey);
  const asap = await against(`/jitsi/asap/${asapFile(kid ?? '')}`);
  const jwks = await against('/jitsi/jwks.json');
  return [
    ratioFigure('ASAP key files / a constant behind forty routes', { ...asap, atLeast: 0.8 }),
    ratioFigure('jwks.json / a constant behind forty routes', { ...jwks, atLeast: 0.8 }),
  ];
}

async function listKids({ port }: RunningRoomkey): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/jitsi/jwks.json`);
  const { keys } = (await answer.json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}
