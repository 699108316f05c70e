import { describe, expect, it } from 'vitest';
import { barPlot, niceCeiling } from '../../src/domain/bar-plot.ts';

describe('barPlot', () => {
  it('stacks pieces on the floor, without gap or overlap, below the highest mark', () => {
    const { pieces, floor, marks } = barPlot([
      [3, 4],
      [0, 1],
    ]);
    const [low, high, alone] = pieces;
    expect(pieces).toHaveLength(3);
    expect((low?.y ?? 0) + (low?.height ?? 0)).toBeCloseTo(floor, 0);
    expect((high?.y ?? 0) + (high?.height ?? 0)).toBeCloseTo(low?.y ?? 0, 0);
    expect((alone?.y ?? 0) + (alone?.height ?? 0)).toBeCloseTo(floor, 0);
    expect(alone?.series).toBe(1);
    expect(Math.min(...pieces.map(({ y }) => y))).toBeGreaterThanOrEqual(marks.at(-1)?.y ?? 99);
  });

  it('keeps bars inside the drawing, each in its place', () => {
    const { pieces, middles, width, left } = barPlot(Array.from({ length: 30 }, () => [1]));
    for (const [nth, piece] of pieces.entries()) {
      expect(piece.x).toBeGreaterThanOrEqual(left);
      expect(piece.x + piece.width).toBeLessThanOrEqual(width);
      expect(piece.x + piece.width / 2).toBeCloseTo(middles[nth] ?? 0, 0);
    }
  });

  it.each([
    ['nothing', []],
    ['only zeros', [[0, 0], [0]]],
  ])('draws no bar for %s', (_, columns) => {
    const { pieces, marks } = barPlot(columns);
    expect(pieces).toEqual([]);
    expect(marks.map(({ value }) => value)).toEqual([0, 1]);
  });
});

describe('niceCeiling', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 5],
    [7, 10],
    [11, 20],
    [201, 500],
    [1_000_000, 1_000_000],
  ])('of %i is %i', (value, ceiling) => {
    expect(niceCeiling(value)).toBe(ceiling);
  });
});
