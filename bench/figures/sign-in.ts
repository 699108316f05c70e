/**
 * Sign-in, against the bare hash, while tokens are issued beside it.
 *
 * @module
 */
import { type Comparison, compare, type Spread, spread } from '../compare.ts';
import { type Figure, limitFigure, ratioFigure } from '../figure.ts';
import { CONNECTIONS, type Ground } from '../ground.ts';
import { startLoad } from '../load/load.ts';
import { createHashingRates } from '../rates.ts';
import { formRequest } from '../requests.ts';
import { type RunningRoomkey, startRoomkey } from '../roomkey.ts';
import { PASSWORD, type Person } from '../world.ts';
import { tokenRequests } from './tokens.ts';

const TOKENS_PER_SECOND = 50;
/** Sign-ins are slow: fewer seconds would count too few of them. */
const SECONDS = 5;

export async function signInFigures(ground: Ground): Promise<Figure[]> {
  const { world, load, pace } = ground;
  // Everybody comes from an address of their own, as they do in life: all limits are looked at.
  const roomkey = await startRoomkey({ ...world.settings, TRUSTED_PROXIES: '127.0.0.1' });
  const requests = await Promise.all(world.people.map((person) => signIn(roomkey, person)));
  const hashing = await createHashingRates();
  const beside = await startLoad();
  const p95: number[] = [];
  const ours: number[] = [];

  const signInRate = async () => {
    const { port } = roomkey;
    const plan = { port, seconds: SECONDS, status: 303 };
    const [signIns, tokens] = await Promise.all([
      load.run({ ...plan, requests, connections: CONNECTIONS }),
      beside.run({
        ...plan,
        requests: tokenRequests(world),
        connections: 8,
        perSecond: TOKENS_PER_SECOND,
      }),
    ]);
    p95.push(tokens.latency.p95);
    return signIns.answers / signIns.seconds;
  };
  const comparison = await compare(pace.rounds, {
    measured: signInRate,
    baseline: async () => {
      ours.push(await hashing.ours(SECONDS));
      return hashing.usual(SECONDS);
    },
  });
  await beside.stop();
  await roomkey.stop();
  return [
    ratioFigure('sign-ins, beside 50 tokens/s / bare argon2id', { ...comparison, atLeast: 0.9 }),
    againstOurs(comparison, spread(ours.slice(1))),
    limitFigure('p95 of the tokens beside', {
      measured: spread(p95.slice(1)),
      unit: 'ms',
      below: 50,
    }),
  ];
}

let lastAddress = 0;

/** Fetches a form as a browser would, and fills it in. */
async function signIn({ port }: RunningRoomkey, { username }: Person): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const answer = await fetch(`${origin}/login`);
  const page = await answer.text();
  const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page)?.[1];
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  if (csrf === undefined) throw new Error('the sign-in page has no form');

  lastAddress++;
  return formRequest(
    '/login',
    { csrf, username, password: PASSWORD, returnTo: '/' },
    { Origin: origin, Cookie: cookies.join('; '), 'X-Forwarded-For': `10.7.0.${lastAddress}` },
  );
}

/** How much of our own library's rate is left: no promise, but worth knowing. */
function againstOurs({ measured }: Comparison, baseline: Spread): Figure {
  const ratio = measured.median / baseline.median;
  const name = 'the same / bare @node-rs/argon2';
  return { name, unit: '/s', measured, baseline, ratio, goal: 'none', reached: true };
}
