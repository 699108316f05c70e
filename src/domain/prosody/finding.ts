/**
 * The vocabulary of a verdict. Every step of the reading yields findings; the first that stops is
 * Prosody's answer, the others still tell the operator what else is wrong.
 *
 * @module
 */
import { type Json, show } from './json.ts';
import type { HangCause, WarningCode } from './sentences.ts';

export type CheckName =
  | 'size'
  | 'format'
  | 'kid'
  | 'alg'
  | 'key'
  | 'typ'
  | 'signature'
  | 'exp'
  | 'nbf'
  | 'iss'
  | 'aud'
  | 'context'
  | 'nulls'
  | 'room'
  | 'sub'
  | 'tenant';

/** One line of the token inspector. */
export interface Check {
  readonly name: CheckName;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  readonly seen: string;
  readonly wanted: string;
}

/** Prosody says no. `reason` is its own text. */
export interface Refusal {
  readonly verdict: 'refused';
  readonly stage: 'key' | 'header' | 'signature' | 'claims' | 'room';
  readonly reason: string;
  readonly condition: 'not-allowed' | 'not-authorized' | 'registration-required';
}

/** Prosody's code throws: the client gets no answer and waits for its own timeout. */
export interface Hang {
  readonly verdict: 'hangs';
  /** Before the answer to the login, or before the presence of the join. */
  readonly where: 'login' | 'join';
  readonly why: HangCause;
}

export interface Finding {
  readonly check: Check;
  readonly stop?: Refusal | Hang;
  readonly warning?: WarningCode;
}

/** A line about a claim: what was seen, what was wanted. */
export interface Line {
  readonly name: CheckName;
  readonly seen: Json | undefined;
  readonly wanted: string;
}

export function ok(line: Line, warning?: WarningCode): Finding {
  return { check: toCheck(line, 'ok'), ...(warning && { warning }) };
}

export function skipped(line: Line, warning?: WarningCode): Finding {
  return { check: toCheck(line, 'skipped'), ...(warning && { warning }) };
}

export function refused(
  line: Line,
  stage: Refusal['stage'],
  reason: string,
  condition: Refusal['condition'] = 'not-allowed',
): Finding {
  return {
    check: toCheck(line, 'failed'),
    stop: { verdict: 'refused', stage, reason, condition },
  };
}

export function hangs(line: Line, where: Hang['where'], why: HangCause): Finding {
  return { check: toCheck(line, 'failed'), stop: { verdict: 'hangs', where, why } };
}

function toCheck(line: Line, outcome: Check['outcome']): Check {
  return { name: line.name, outcome, seen: show(line.seen), wanted: line.wanted };
}

const WEIGHT = { failed: 2, ok: 1, skipped: 0 } satisfies Record<Check['outcome'], number>;

/** One line per name, in order of first mention; of several the gravest. */
export function linesOf(findings: readonly Finding[]): readonly Check[] {
  const lines = new Map<CheckName, Check>();
  for (const { check } of findings) {
    const before = lines.get(check.name);
    if (!before || WEIGHT[check.outcome] > WEIGHT[before.outcome]) lines.set(check.name, check);
  }
  return [...lines.values()];
}
