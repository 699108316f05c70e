import type { Command } from './commands/command.ts';
import { COMMANDS } from './commands/index.ts';

const WIDTH = 17;

export function overview(): string[] {
  return [
    'Roomkey, the sign-in of a self-hosted Jitsi Meet.',
    '',
    'usage: roomkey [COMMAND] [--help] [--json]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`),
    '',
    'Settings come from the environment: docs/configuration.md lists them.',
    'Exit codes: 0 done, 1 refused, 2 not called as it wants to be.',
  ];
}

export function helpFor({ name, synopsis, summary, details = [] }: Command): string[] {
  return [
    `usage: roomkey ${name} ${synopsis}`.trimEnd(),
    '',
    summary,
    ...(details.length > 0 ? ['', ...details] : []),
    '',
    '--json prints the answer for machines.',
  ];
}
