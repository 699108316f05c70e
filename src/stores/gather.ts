/**
 * One statement for what concurrent requests ask at the same time, each waiting for its own.
 *
 * @module
 */

import { setImmediate as otherWork } from 'node:timers/promises';

/** More than this wait for the next round. */
const MOST_AT_ONCE = 500;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * While one statement is under way, others gather for the next. Who comes alone waits only until
 * what the event loop has in hand is done: requests read in one go ask together.
 *
 * What an item is answered was asked of the database after the item came.
 *
 * @param run Gives a result for each item, in their order.
 */
export function gather<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let busy = false;

  const pump = async () => {
    busy = true;
    while (waiting.length > 0) {
      await otherWork();
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      await settle(run, batch);
    }
    busy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void pump();
    });
}

async function settle<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await run(batch.map(({ item }) => item));
    batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
  } catch (error) {
    if (batch.length > 1 && isRefused(error)) {
      // One item that the database refuses must not cost the others theirs.
      for (const one of batch) await settle(run, [one]);
      return;
    }
    for (const { reject } of batch) reject(error);
  }
}

/** SQLSTATE classes 22 (data exception) and 23 (integrity): the statement changed nothing. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^2[23]...$/.test(String(error.code));
}
