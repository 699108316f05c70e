/**
 * Stacked bars, as numbers for a drawing: where each piece stands, and the marks beside it.
 *
 * @module
 */

export interface BarPiece {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Which series it belongs to. */
  readonly series: number;
}

export interface BarPlot {
  readonly width: number;
  readonly height: number;
  /** Left of the bars. */
  readonly left: number;
  /** Where bars stand. */
  readonly floor: number;
  readonly pieces: readonly BarPiece[];
  /** Horizontal lines, each with what it stands for. */
  readonly marks: readonly { readonly y: number; readonly value: number }[];
  /** Middle of each bar. */
  readonly middles: readonly number[];
}

const WIDTH = 720;
const HEIGHT = 180;
const LEFT = 48;
const TOP = 10;
const FLOOR = HEIGHT - 24;
/** Of a bar's share of the width. */
const GAP = 0.25;

/** @param columns For each bar, the value of each series; none is negative. */
export function barPlot(columns: readonly (readonly number[])[]): BarPlot {
  const most = Math.max(1, ...columns.map((column) => column.reduce((sum, one) => sum + one, 0)));
  const top = niceCeiling(most);
  const share = (WIDTH - LEFT) / Math.max(1, columns.length);
  const scale = (FLOOR - TOP) / top;

  const pieces = columns.flatMap((column, nth) => {
    let y = FLOOR;
    return column.flatMap((value, series): BarPiece[] => {
      if (value <= 0) return [];
      const height = value * scale;
      y -= height;
      const x = LEFT + share * (nth + GAP / 2);
      return [{ ...rounded({ x, y, width: share * (1 - GAP), height }), series }];
    });
  });
  return {
    width: WIDTH,
    height: HEIGHT,
    left: LEFT,
    floor: FLOOR,
    pieces,
    marks: marksOf(top).map((value) => ({ value, y: round(FLOOR - value * scale) })),
    middles: columns.map((_, nth) => round(LEFT + share * (nth + 0.5))),
  };
}

/** The next of 1, 2, 5, 10, 20, 50, … */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const step = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  return step * power;
}

/** Whole numbers only: nobody signs in by half. */
function marksOf(top: number): number[] {
  return top % 2 === 0 ? [0, top / 2, top] : [0, top];
}

function rounded<Shape extends Readonly<Record<string, number>>>(shape: Shape): Shape {
  const entries = Object.entries(shape).map(([name, value]) => [name, round(value)]);
  return Object.fromEntries(entries) as Shape;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
