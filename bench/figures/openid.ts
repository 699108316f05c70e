/**
 * The OpenID provider: flows of `static/sso.html`, and what its clients fetch.
 *
 * @module
 */
import { compare, type Spread, spread } from '../compare.ts';
import { type Figure, limitFigure, plainFigure, rateFigure, ratioFigure } from '../figure.ts';
import { CONNECTIONS, type Ground } from '../ground.ts';
import type { Flow } from '../load/flow.ts';
import { MANY_REALMS, makeManyRealms } from '../many-realms.ts';
import { codeFlows, protocolOf, refreshFlows } from '../openid-flows.ts';
import { getRequest } from '../requests.ts';
import { type RunningRoomkey, runCommand, startRoomkey } from '../roomkey.ts';
import type { World } from '../world.ts';

export async function openidFigures(ground: Ground): Promise<Figure[]> {
  const roomkey = await startRoomkey(ground.world.settings);
  // Its keys are made when it is used for the first time: a matter of seconds, once.
  await fetch(`http://127.0.0.1:${roomkey.port}${protocolOf('main')}/certs`);
  const codes = await measureFlows(ground, roomkey, codeFlows(ground.world));
  const refreshes = await measureFlows(ground, roomkey, refreshFlows(ground.world));
  const figures = [
    rateFigure('code flows with a session', { measured: codes.rate, atLeast: 150 }),
    plainFigure('processor time of one, of Roomkey alone', { measured: codes.cpu, unit: 'ms' }),
    rateFigure('refreshes', { measured: refreshes.rate, atLeast: 500 }),
    plainFigure('processor time of one, of Roomkey alone', { measured: refreshes.cpu, unit: 'ms' }),
    ...(await servedFiles(ground, roomkey)),
    await rotations(ground, roomkey),
  ];
  await roomkey.stop();
  return [...figures, await manyRealms(ground)];
}

interface FlowFigures {
  readonly rate: Spread;
  /** Milliseconds for each. */
  readonly cpu: Spread;
}

async function measureFlows(
  { load, pace }: Ground,
  roomkey: RunningRoomkey,
  requests: readonly Flow[],
): Promise<FlowFigures> {
  const rates: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round <= pace.rounds; round++) {
    const before = roomkey.cpuSeconds();
    const plan = { port: roomkey.port, requests, connections: CONNECTIONS, status: 200 };
    const { answers, seconds } = await load.run({ ...plan, seconds: pace.seconds });
    rates.push(answers / seconds);
    cpu.push(((roomkey.cpuSeconds() - before) * 1000) / answers);
  }
  return { rate: spread(rates.slice(1)), cpu: spread(cpu.slice(1)) };
}

/** Against the yardstick of the key files of the Jitsi door. */
async function servedFiles(
  { load, yardstick, pace }: Ground,
  roomkey: RunningRoomkey,
): Promise<Figure[]> {
  const rate = async (port: number, path: string) => {
    const plan = { port, requests: [getRequest(path)], status: 200, connections: CONNECTIONS };
    const { answers, seconds } = await load.run({ ...plan, seconds: pace.seconds });
    return answers / seconds;
  };
  const figures: Figure[] = [];
  for (const [name, path] of [
    ['discovery', '/realms/main/.well-known/openid-configuration'],
    ['certs', `${protocolOf('main')}/certs`],
  ] as const) {
    const comparison = await compare(pace.rounds, {
      measured: () => rate(roomkey.port, path),
      baseline: () => rate(yardstick.routed, '/constant/39'),
    });
    const line = `${name} / a constant behind forty routes`;
    figures.push(ratioFigure(line, { ...comparison, atLeast: 0.8 }));
  }
  return figures;
}

const ROTATIONS = 20;
const REQUESTS = 10_000;

/** As an operator rotates: by a command in a process of its own. */
async function rotate({ settings }: World): Promise<void> {
  for (let turn = 0; turn < ROTATIONS; turn++) {
    const ring = turn % 2 === 0 ? ['--openid'] : [];
    await runCommand(settings, ['keys', 'rotate', 'main', '--force', ...ring]);
  }
}

async function rotations({ load, world }: Ground, { port }: RunningRoomkey): Promise<Figure> {
  const rotated = new AbortController();
  const rotating = rotate(world).finally(() => rotated.abort());
  let answered = 0;
  let failed = 0;
  while (!rotated.signal.aborted || answered < REQUESTS) {
    const plan = { port, requests: refreshFlows(world), connections: CONNECTIONS, status: 200 };
    const { answers, wrong } = await load.attempt({ ...plan, seconds: 2 });
    answered += answers;
    failed += Object.values(wrong).reduce((sum, count) => sum + count, 0);
  }
  await rotating;
  const name = `failed of ${answered} refreshes, during ${ROTATIONS} rotations of keys`;
  const limit = { measured: spread([failed]), unit: '', below: 1 };
  return { ...limitFigure(name, limit), goal: '0' };
}

/** Somebody signs in at each; then keys change, and somebody else does. */
async function manyRealms({ postgresUrl, load }: Ground): Promise<Figure> {
  const { world, slugs } = await makeManyRealms(postgresUrl, MANY_REALMS);
  const roomkey = await startRoomkey(world.settings);
  const each: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (const slug of slugs) {
      const requests = codeFlows(world, slug).slice(round, round + 1);
      const plan = { port: roomkey.port, requests, connections: 1, status: 200 };
      // At this rate, one.
      await load.run({ ...plan, seconds: 0.1, perSecond: 10 });
    }
    each.push(roomkey.rss());
    await runCommand(world.settings, ['keys', 'rotate', slugs[0] ?? '', '--force']);
  }
  await roomkey.stop();
  const name = `resident memory, with ${MANY_REALMS} issuers in use`;
  return limitFigure(name, { measured: spread(each), unit: 'MB', below: 250 });
}
