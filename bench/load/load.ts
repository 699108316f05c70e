import { type BenchChild, forkChild } from '../child.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

export interface Load {
  /** @throws when an answer was not the right one: a rate of refusals is no figure. */
  run(plan: LoadPlan): Promise<LoadResult>;
  /** The same, with wrong answers counted. */
  attempt(plan: LoadPlan): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** A load generator in a process of its own. */
export async function startLoad(): Promise<Load> {
  const child: BenchChild = await forkChild(new URL('generator.ts', import.meta.url));
  const attempt = async (plan: LoadPlan) => {
    const answer = (await child.ask(plan)) as { result?: LoadResult; error?: string };
    if (!answer.result) throw new Error(`the load generator failed: ${answer.error}`);
    return answer.result;
  };
  return {
    attempt,
    async run(plan) {
      const result = await attempt(plan);
      const { wrong } = result;
      if (Object.keys(wrong).length > 0)
        throw new Error(
          `${firstLine(plan)} was to be answered with ${plan.status}, but also was with ${JSON.stringify(wrong)}`,
        );
      return result;
    },
    stop: () => child.stop(),
  };
}

function firstLine({ requests }: LoadPlan): string {
  const [first] = requests;
  const text = typeof first === 'string' ? first : first?.again[0]?.request;
  return text?.split('\r\n', 1)[0] ?? '';
}
