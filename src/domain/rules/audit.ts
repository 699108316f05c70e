/**
 * What the type checker does not look at: which functions a rule calls, what it reads, what it
 * could cost.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import type { ASTNode, SourceRange } from '@marcbachmann/cel-js';
import { parseNetwork } from './network.ts';

const LIST_MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Everything else is refused, so that a new release of the engine adds nothing unseen. */
const CALLABLE = new Set(
  [
    'all exists exists_one map filter has size',
    'inGroup inNetwork gravatar like startsWith endsWith contains',
    'lowerAscii upperAscii trim indexOf lastIndexOf substring split join',
    'string int double bool timestamp duration dyn',
    'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear',
    'getHours getMinutes getSeconds getMilliseconds',
    'none of hasValue value or orValue',
  ].flatMap((names) => names.split(' ')),
);
const INSTEAD: Readonly<Record<string, string>> = {
  matches: faultText('hint_matches'),
  bind: faultText('hint_bind'),
};

/** Lists are taken to have so many elements. */
const LIST_LENGTH = 1000;
const MAX_COST = 60_000;
/** Node → how many plain nodes it weighs inside a list macro, where results could grow. */
const GROWING: Readonly<Record<string, number>> = { '+': 15, split: 100, join: 100 };

export interface Audit {
  /** Names and functions it reads: `room`, `user.groups`, `inGroup()`. */
  readonly uses: ReadonlySet<string>;
  readonly fault?: AuditFault;
}

export interface AuditFault {
  readonly message: string;
  readonly hint?: string;
  readonly range: SourceRange;
}

export interface AuditLimits {
  readonly tenant: 'known' | 'unknown';
  /** What `user` has here, where there is one. The checker does not look inside `has()`. */
  readonly userNames?: readonly string[];
}

/** Reads an expression that was parsed, not yet checked. Reports the first fault. */
export function auditExpression(root: ASTNode, limits: AuditLimits): Audit {
  const uses = new Set<string>();
  let cost = 0;

  const walk = (node: ASTNode, weight: number): AuditFault | undefined => {
    const name = calledName(node);
    cost += weight * (weight > 1 ? (GROWING[name ?? node.op] ?? 1) : 1);
    if (cost > MAX_COST) return { message: faultText('rule_expensive'), range: node.range };

    uses.add(name === undefined ? (readName(node) ?? '') : `${name}()`);
    const fault = faultOf(node, name, limits);
    if (fault) return fault;

    const [receiver, ...others] = childrenOf(node);
    if (name !== undefined && node.op === 'rcall' && LIST_MACROS.has(name) && receiver) {
      return (
        walk(receiver, weight) ?? firstFault(others, (child) => walk(child, weight * LIST_LENGTH))
      );
    }
    return firstFault(childrenOf(node), (child) => walk(child, weight));
  };

  const fault = walk(root, 1);
  uses.delete('');
  return fault ? { uses, fault } : { uses };
}

function faultOf(
  node: ASTNode,
  name: string | undefined,
  { tenant, userNames }: AuditLimits,
): AuditFault | undefined {
  const { range } = node;
  if (name !== undefined && !CALLABLE.has(name)) {
    const hint = INSTEAD[name];
    return { message: faultText('not_callable', { name }), range, ...(hint ? { hint } : {}) };
  }
  if (node.op === 'id' && node.args === 'cel')
    return { message: faultText('cel_unknown_variable', { name: 'cel' }), range };
  if (node.op === 'id' && node.args === 'tenant' && tenant === 'unknown') {
    return {
      message: faultText('tenant_unknown'),
      hint: faultText('hint_tenant'),
      range,
    };
  }
  const key = node.op === '.' && readName(node.args[0]) === 'user' ? node.args[1] : undefined;
  if (key !== undefined && userNames && !userNames.includes(key)) {
    const at = { start: range.end - key.length, end: range.end };
    return { message: faultText('cel_no_such_key', { name: key }), range: at };
  }
  if (node.op === 'call' && name === 'inNetwork') return networkFault(node.args[1][0]);
  return undefined;
}

function networkFault(argument: ASTNode | undefined): AuditFault | undefined {
  if (argument?.op !== 'value' || typeof argument.args !== 'string') return undefined;
  if (parseNetwork(argument.args)) return undefined;
  return {
    message: faultText('no_network', { text: argument.args }),
    hint: faultText('hint_network'),
    range: argument.range,
  };
}

function calledName(node: ASTNode): string | undefined {
  return node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
}

/** `room`, `user.groups`; of `user.attributes.department` all of it. */
function readName(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return undefined;
  const owner = readName(node.args[0]);
  return owner === undefined ? undefined : `${owner}.${node.args[1]}`;
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  const args: unknown = node.args;
  if (node.op === 'value') return [];
  return (Array.isArray(args) ? args.flat(3) : [args]).filter(isNode);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'range' in value;
}

function firstFault(
  nodes: readonly ASTNode[],
  find: (node: ASTNode) => AuditFault | undefined,
): AuditFault | undefined {
  for (const node of nodes) {
    const fault = find(node);
    if (fault) return fault;
  }
  return undefined;
}
