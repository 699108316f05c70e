import { stringify } from 'yaml';
import { exportConfig } from '../../operations/export-config.ts';
import type { Command } from './command.ts';
import { withFoundation } from './with-foundation.ts';

const HEAD = [
  '# What this Roomkey serves. No secret and no password is in it: where it is applied to another',
  '# Roomkey, give HS issuers their secretFile and people a password or passwordHash.',
];

export const exportCommand: Command = {
  name: 'export',
  synopsis: '',
  summary: 'Prints what is served as YAML that apply reads, without secrets.',
  words: [0, 0],
  options: {},
  run: (call) =>
    withFoundation(call, async ({ stores }) => {
      const config = await stores.transaction((tx) => exportConfig(tx));
      const yaml = stringify(config, { lineWidth: 100 }).trimEnd();
      return { ok: true, lines: [...HEAD, yaml], json: config };
    }),
};
