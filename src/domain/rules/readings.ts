/**
 * A rule taken apart: what each name, path, call and comparison in it comes to, in reading order.
 *
 * Each part is asked of the engine by itself, with the facts of the whole. What the engine does not
 * get to, because `&&`, `||` or `?:` were settled before, says so; nor is anything said of what
 * stands inside `exists` and its like, where one name has many values.
 *
 * @module
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { serialize } from '@marcbachmann/cel-js/serialize';
import { showValue } from './show-value.ts';

interface Part {
  /** As the rule writes it: `inGroup('staff')`, `user.attributes.department`. */
  readonly text: string;
  /** Parts of a part are one deeper. */
  readonly depth: number;
}

export type Reading =
  | (Part & { readonly outcome: 'value'; readonly value: string })
  | (Part & { readonly outcome: 'error'; readonly code: string; readonly message: string })
  | (Part & { readonly outcome: 'not_reached' });

/** Evaluates one part of a rule. */
export type AskPart = (
  part: string,
) =>
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

const LIST_MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const ACCESS = new Set(['id', '.', '.?', '[]', '[?]']);

/** @param source The text `root` was read from. */
export function readingsOf(root: ASTNode, source: string, ask: AskPart): readonly Reading[] {
  const readings: Reading[] = [];

  const visit = (node: ASTNode, { depth, reached }: { depth: number; reached: boolean }): void => {
    const inside = { depth: depth + 1, reached };
    if (node.op === '&&' || node.op === '||') {
      const [left, right] = node.args;
      visit(left, { depth, reached });
      const settled = reached && truthOf(left, ask) === (node.op === '||');
      return visit(right, { depth, reached: reached && !settled });
    }
    if (node.op === '?:') {
      const [condition, yes, no] = node.args;
      visit(condition, { depth, reached });
      const truth = reached ? truthOf(condition, ask) : undefined;
      visit(yes, { depth, reached: truth === true });
      return visit(no, { depth, reached: truth === false });
    }
    if (node.op === '!_') return visit(node.args, { depth, reached });
    if (node.op === 'value') return;

    const text = textOf(node, source);
    readings.push({
      text,
      depth,
      ...(reached ? outcomeOf(ask(text)) : { outcome: 'not_reached' }),
    });
    for (const part of partsOf(node)) visit(part, inside);
  };

  visit(root, { depth: 0, reached: true });
  return withoutRepeats(readings);
}

type Outcome =
  | { readonly outcome: 'value'; readonly value: string }
  | { readonly outcome: 'error'; readonly code: string; readonly message: string };

function outcomeOf(answer: ReturnType<AskPart>): Outcome {
  if ('error' in answer) return { outcome: 'error', ...answer.error };
  return { outcome: 'value', value: showValue(answer.value) };
}

function truthOf(node: ASTNode, ask: AskPart): boolean | undefined {
  const answer = ask(serialize(node));
  return 'value' in answer && typeof answer.value === 'boolean' ? answer.value : undefined;
}

/** What a part is made of, where that says more than the part itself. */
function partsOf(node: ASTNode): readonly ASTNode[] {
  if (ACCESS.has(node.op)) return [];
  if (node.op === 'call') return node.args[0] === 'has' ? [] : node.args[1];
  if (node.op === 'rcall') {
    const [name, receiver, others] = node.args;
    return LIST_MACROS.has(name) ? [receiver] : [receiver, ...others];
  }
  const args: unknown = node.args;
  return (Array.isArray(args) ? args.flat(2) : [args]).filter(isNode);
}

/** As it was typed, if that reads back as the same: ranges leave out a closing parenthesis. */
function textOf(node: ASTNode, source: string): string {
  const canonical = serialize(node);
  const typed = source.slice(node.range.start, node.range.end);
  return squeezed(typed) === squeezed(canonical) ? typed : canonical;
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, '').replaceAll('"', "'");
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'range' in value;
}

/** A part that was reached and shown need not be shown again. */
function withoutRepeats(readings: readonly Reading[]): readonly Reading[] {
  const seen = new Set<string>();
  return readings.filter(({ text, outcome }) => {
    if (seen.has(text)) return false;
    if (outcome !== 'not_reached') seen.add(text);
    return true;
  });
}
