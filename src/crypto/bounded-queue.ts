/**
 * Lets so many things happen at once, so many wait in line, and turns the rest away.
 *
 * @module
 */
export interface BoundedQueue {
  /** First come, first served.
   * @throws {QueueFull} at once, when the line is full. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface BoundedQueueLimits {
  /** Most at work at the same time. */
  readonly parallel: number;
  /** Most in line behind them. */
  readonly queue: number;
}

export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}

export function createBoundedQueue({ parallel, queue }: BoundedQueueLimits): BoundedQueue {
  const line: (() => void)[] = [];
  let busy = 0;

  const enter = async () => {
    if (busy < parallel) {
      busy += 1;
      return;
    }
    if (line.length >= queue) throw new QueueFull('too many are waiting already');
    await new Promise<void>((resolve) => line.push(resolve));
  };

  // The place is handed on, not given back: nobody who comes later can slip in between.
  const leave = () => {
    const next = line.shift();
    if (next) next();
    else busy -= 1;
  };

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
