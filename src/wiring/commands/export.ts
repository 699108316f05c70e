import { writeConfig } from '../../http/config-text.ts';
import { exportConfig } from '../../operations/export-config.ts';
import type { Command } from './command.ts';
import { withFoundation } from './with-foundation.ts';

export const exportCommand: Command = {
  name: 'export',
  synopsis: '',
  summary: 'Prints what is served as YAML that apply reads, without secrets.',
  words: [0, 0],
  options: {},
  run: (call) =>
    withFoundation(call, async ({ stores }) => {
      const config = await stores.transaction((tx) => exportConfig(tx));
      return { ok: true, lines: writeConfig(config).trimEnd().split('\n'), json: config };
    }),
};
