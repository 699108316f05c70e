/**
 * The load generator's own process: takes plans, one at a time, and answers each with its result.
 *
 * @module
 */
import { drive } from './drive.ts';
import type { LoadPlan } from './plan.ts';

process.on('message', (plan: LoadPlan) => {
  drive(plan).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
