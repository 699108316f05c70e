import { loadConfig } from '../../config/load.ts';
import { readSource, refuse } from './apply.ts';
import type { Command } from './command.ts';

export const configCheck: Command = {
  name: 'config check',
  synopsis: '[FILE]',
  summary: 'Checks the environment, and a file for apply, without opening anything.',
  words: [0, 1],
  options: {},
  async run({ variables, positionals, terminal }) {
    loadConfig(variables);
    const [name] = positionals;
    if (name !== undefined) {
      const { mistakes } = await readSource(name, terminal.readInput);
      if (mistakes.length > 0) return refuse(name, mistakes);
    }
    const what = name === undefined ? 'The settings are' : 'The settings and the file are';
    return { ok: true, lines: [`${what} right.`], json: { ok: true } };
  },
};
