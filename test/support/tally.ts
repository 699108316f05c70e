/**
 * Ends a run of vitest with the line `N passed, N failed`.
 *
 * @module
 */
import type { Reporter } from 'vitest/node';

/** Where a test may not be skipped, one that is counts as failed. */
export function tally({ skipped }: { readonly skipped: 'ignored' | 'failed' }): Reporter {
  return {
    onTestRunEnd(modules, errors) {
      const states = modules.flatMap((module) =>
        [...module.children.allTests()].map((test) => test.result().state),
      );
      const count = (state: string) => states.filter((each) => each === state).length;
      const unloaded = modules.filter(
        (module) => module.state() === 'failed' && module.children.size === 0,
      ).length;
      const missed = skipped === 'failed' ? count('skipped') + count('pending') : 0;
      const failed = count('failed') + unloaded + missed + errors.length;
      if (missed > 0) console.error(`\n${missed} tests were skipped, and may not be.`);
      if (failed > 0) process.exitCode = 1;
      console.log(`\n${count('passed')} passed, ${failed} failed`);
    },
  };
}
