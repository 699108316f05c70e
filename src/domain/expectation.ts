import { DomainError } from './errors.ts';

/** What a change checks under its lock: whether the thing still is what its author saw. */
export type Expectation<Thing> = (current: Thing) => boolean;

/** @throws {DomainError} `changed_meanwhile`. */
export function checkExpected<Thing>(
  expected: Expectation<Thing> | undefined,
  current: Thing,
): void {
  if (expected && !expected(current)) throw new DomainError('changed_meanwhile', undefined);
}
