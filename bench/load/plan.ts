/**
 * What the load generator is told, and what it answers. Both travel between two processes.
 *
 * @module
 */

import type { Flow } from './flow.ts';

export interface LoadPlan {
  /** On 127.0.0.1. */
  readonly port: number;
  /**
   * Whole HTTP/1.1 requests, as they go over the wire, or flows of them; connection n sends the
   * n-th, in a circle.
   */
  readonly requests: readonly (string | Flow)[];
  readonly connections: number;
  readonly seconds: number;
  /** The status of a right answer; all others are counted as wrong. A flow has its own. */
  readonly status: number;
  /** Sends so many in a second, whatever the answers take. Without it: as many as are answered. */
  readonly perSecond?: number;
}

export interface LoadResult {
  /** Right answers. */
  readonly answers: number;
  readonly seconds: number;
  /** Answers of another status, by status. */
  readonly wrong: Readonly<Record<string, number>>;
  /** From the moment a request should have left until its answer was whole, in milliseconds. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly max: number };
}
