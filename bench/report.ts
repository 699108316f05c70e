import type { Spread } from './compare.ts';
import type { Figure } from './figure.ts';

const HEADINGS = ['figure', 'measured', 'held against', 'ratio', 'goal', ''];

/** A Markdown table whose columns also line up on a terminal. */
export function printTable(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(toRow)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function toRow({ name, unit, measured, baseline, ratio, goal, reached }: Figure): string[] {
  return [
    name,
    inWords(measured, unit),
    baseline ? inWords(baseline, unit) : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    goal,
    reached ? 'yes' : 'NO',
  ];
}

function inWords({ median, min, max }: Spread, unit: string): string {
  const range = min === max ? '' : ` (${round(min)}–${round(max)})`;
  return `${round(median)}${unit === '/s' ? '' : ' '}${unit}${range}`;
}

function round(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
