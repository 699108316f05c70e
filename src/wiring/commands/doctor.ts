import { examine } from '../doctor/examine.ts';
import type { Command } from './command.ts';

const MARKS = { good: 'ok   ', worry: 'note ', bad: 'BAD  ' } as const;

export const doctor: Command = {
  name: 'doctor',
  synopsis: '',
  summary: 'Looks at everything a sign-in stands on, and says what to do.',
  words: [0, 0],
  options: {},
  async run({ variables }) {
    const findings = await examine(variables);
    const lines = findings.flatMap(({ check, state, says, todo }) => [
      `${MARKS[state]} ${check}: ${says}`,
      ...(todo === undefined ? [] : [`      → ${todo}`]),
    ]);
    const isWell = findings.every(({ state }) => state !== 'bad');
    const verdict = isWell ? 'Nothing is broken.' : 'Something is broken.';
    return { ok: isWell, lines: [...lines, verdict], json: { ok: isWell, findings } };
  },
};
