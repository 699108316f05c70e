/**
 * Carries out a plan: each connection asks again as soon as it is answered, or, at a set rate, as
 * soon as it is time.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openConnection } from './connection.ts';
import { createWalk, type Flow } from './flow.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

export async function drive(plan: LoadPlan): Promise<LoadResult> {
  const tally = createTally();
  const { failed, onError } = failure();
  const lanes = await Promise.all(
    Array.from({ length: plan.connections }, (_, index) =>
      openLane(plan, { index, tally, onError }),
    ),
  );

  const start = performance.now();
  const driven = plan.perSecond === undefined ? race(plan, lanes) : pace(plan, lanes);
  await Promise.race([driven, failed]);
  const seconds = (performance.now() - start) / 1000;
  for (const lane of lanes) lane.close();
  return tally.result(seconds);
}

interface Lane {
  readonly isFree: () => boolean;
  /** @param dueAt When the request should have left. */
  readonly ask: (dueAt: number) => void;
  /** Called after each answer. */
  onFree: () => void;
  readonly close: () => void;
}

interface LaneOptions {
  readonly index: number;
  readonly tally: Tally;
  readonly onError: (error: Error) => void;
}

async function openLane(plan: LoadPlan, { index, tally, onError }: LaneOptions): Promise<Lane> {
  const walk = createWalk(toFlow(plan, index));
  let askedAt: number | undefined;
  const connection: Connection = await openConnection(plan.port, {
    onError,
    onAnswer(status, answer) {
      const heard = walk.hear(status, answer);
      if (heard.next !== undefined) return connection.send(heard.next);
      const ms = performance.now() - (askedAt ?? 0);
      tally.count({ status, ms, isRight: heard.isRight });
      askedAt = undefined;
      lane.onFree();
    },
  });
  const lane: Lane = {
    isFree: () => askedAt === undefined,
    ask(dueAt) {
      askedAt = dueAt;
      connection.send(walk.begin());
    },
    onFree() {},
    close: () => connection.close(),
  };
  return lane;
}

function toFlow({ requests, status }: LoadPlan, index: number): Flow {
  const own = requests[index % requests.length] ?? '';
  return typeof own === 'string' ? { once: [], again: [{ request: own, status }] } : own;
}

/** As many as are answered. What is under way at the end is not counted. */
function race({ seconds }: LoadPlan, lanes: readonly Lane[]): Promise<void> {
  return new Promise((resolve) => {
    for (const lane of lanes) {
      lane.onFree = () => lane.ask(performance.now());
      lane.ask(performance.now());
    }
    setTimeout(() => {
      for (const lane of lanes) lane.onFree = () => {};
      resolve();
    }, seconds * 1000);
  });
}

/** A request that finds no free lane waits, and its wait is counted as the server's. */
async function pace(plan: LoadPlan, lanes: readonly Lane[]): Promise<void> {
  const { seconds, perSecond = 1 } = plan;
  const start = performance.now();
  const wanted = Math.round(seconds * perSecond);
  const dueAt = (nth: number) => start + (nth * 1000) / perSecond;
  let sent = 0;

  const sendWhatIsDue = () => {
    for (const lane of lanes)
      if (sent < wanted && lane.isFree() && dueAt(sent) <= performance.now())
        lane.ask(dueAt(sent++));
  };
  for (const lane of lanes) lane.onFree = sendWhatIsDue;
  const isDone = () => sent === wanted && lanes.every((lane) => lane.isFree());
  while (!isDone()) {
    sendWhatIsDue();
    await sleep(2);
  }
}

interface Tally {
  count(answer: { status: number; ms: number; isRight: boolean }): void;
  result(seconds: number): LoadResult;
}

function createTally(): Tally {
  const times: number[] = [];
  const wrong: Record<string, number> = {};
  return {
    count({ status, ms, isRight }) {
      if (isRight) times.push(ms);
      else wrong[status] = (wrong[status] ?? 0) + 1;
    },
    result(seconds) {
      const sorted = Float64Array.from(times).sort();
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      const latency = { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? 0 };
      return { answers: sorted.length, seconds, wrong, latency };
    },
  };
}

function failure() {
  let onError: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    onError = reject;
  });
  failed.catch(() => {});
  return { failed, onError };
}
