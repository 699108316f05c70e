import type { Comparison, Spread } from './compare.ts';

/** One line of the report. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly measured: Spread;
  /** What it is held against, if that is measured too. */
  readonly baseline?: Spread;
  readonly ratio?: number;
  /** In words. */
  readonly goal: string;
  readonly reached: boolean;
}

/** A rate that is to be at least `atLeast` of another. */
export function ratioFigure(
  name: string,
  { atLeast, ...comparison }: Comparison & { readonly atLeast: number },
): Figure {
  const reached = comparison.ratio >= atLeast;
  return { name, unit: '/s', ...comparison, goal: `ratio ≥ ${atLeast}`, reached };
}

/** A number that is to stay below `below`. */
export function limitFigure(
  name: string,
  { measured, unit, below }: { measured: Spread; unit: string; below: number },
): Figure {
  const reached = measured.median < below;
  return { name, unit, measured, goal: `< ${below} ${unit}`, reached };
}

/** A rate that is to be at least so high, whatever the machine does otherwise. */
export function rateFigure(
  name: string,
  { measured, atLeast }: { measured: Spread; atLeast: number },
): Figure {
  const reached = measured.median >= atLeast;
  return { name, unit: '/s', measured, goal: `≥ ${atLeast}/s`, reached };
}

/** Worth knowing, and no promise. */
export function plainFigure(
  name: string,
  { measured, unit }: { measured: Spread; unit: string },
): Figure {
  return { name, unit, measured, goal: 'none', reached: true };
}
