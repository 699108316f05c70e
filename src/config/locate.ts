/**
 * Finds the line and column of a key or value in a YAML document.
 *
 * @module
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  Scalar,
} from 'yaml';
import type { FileMistake } from '../domain/config-file/mistake.ts';

export interface Source {
  readonly document: Document.Parsed;
  readonly lineCounter: LineCounter;
  readonly text: string;
}

/** From 1. The nearest place that exists, for what is missing. */
export function locate(mistake: FileMistake, source: Source): { line: number; column: number } {
  const offset = findOffset(mistake, source);
  const { line, col } = source.lineCounter.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function findOffset({ path, about, offset }: FileMistake, { document, text }: Source): number {
  let node: unknown = document.contents;
  let start = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair: Pair | undefined = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    const child: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
    if (pair === undefined && child === undefined) return start;

    const isLast = depth === path.length - 1;
    const keyStart = pair && startOf(pair.key);
    if (isLast && about === 'key') return keyStart ?? start;
    start = startOf(child) ?? keyStart ?? start;
    node = child;
  }
  return offset === undefined ? start : start + offsetInside(node, offset, text);
}

/** How far into the written value the `offset`th character of what it means stands. */
function offsetInside(node: unknown, offset: number, text: string): number {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return 0;
  const written = text.slice(node.range[0], node.range[1]);
  const verbatim = written.indexOf(node.value);
  if (verbatim >= 0) return verbatim + offset;
  if (node.type !== Scalar.BLOCK_LITERAL) return 0;

  // The header has a line of its own; each line below is indented by what its first one is.
  const lineIndex = node.value.slice(0, offset).split('\n').length - 1;
  const column = offset - (node.value.lastIndexOf('\n', offset - 1) + 1);
  const lines = written.split('\n');
  const indent = /^ */.exec(lines[1] ?? '')?.[0].length ?? 0;
  const above = lines.slice(0, lineIndex + 1).reduce((sum, line) => sum + line.length + 1, 0);
  return above + indent + column;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
