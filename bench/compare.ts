/**
 * Two things in turns, so that a machine that slows down slows both.
 *
 * @module
 */
export type Measure = () => number | Promise<number>;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Comparison {
  readonly measured: Spread;
  readonly baseline: Spread;
  /** Of the medians. */
  readonly ratio: number;
}

/** A B A B …; the first round of each warms up and does not count. */
export async function compare(
  rounds: number,
  { measured, baseline }: { measured: Measure; baseline: Measure },
): Promise<Comparison> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    ours.push(await measured());
    theirs.push(await baseline());
  }
  const [a, b] = [spread(ours.slice(1)), spread(theirs.slice(1))];
  return { measured: a, baseline: b, ratio: a.median / b.median };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  const high = sorted[Math.floor(middle)] ?? 0;
  return { median: (low + high) / 2, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}
