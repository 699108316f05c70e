/**
 * `argv` → a command. The only place that knows the process it runs in.
 *
 * @module
 */
import { runCli } from './wiring/cli.ts';
import { processTerminal } from './wiring/terminal.ts';

process.exitCode = await runCli({
  args: process.argv.slice(2),
  variables: process.env,
  terminal: processTerminal(),
});
