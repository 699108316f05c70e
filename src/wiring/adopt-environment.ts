/**
 * Started with the environment of another bridge: what was made of it, in words.
 *
 * @module
 */
import { inBridgeWords } from '../config/bridge-text.ts';
import type { BridgeEnvironment } from '../config/bridge-environment.ts';
import { ConfigError } from '../config/load.ts';
import { adoptBridge } from '../operations/adopt-bridge.ts';
import { report } from './commands/apply.ts';
import { tellNotes } from './commands/import-bridge.ts';
import type { AppContext } from './context.ts';

/** @throws {ConfigError} when what is served already is in the way. */
export async function adoptEnvironment(
  context: AppContext,
  { name, file, essence, notes, origins }: BridgeEnvironment,
  tell: (line: string) => void,
): Promise<void> {
  const publicUrl = context.publicUrl();
  const adoption = await adoptBridge(context, { file, essence, publicUrl });
  if (adoption.outcome === 'known') {
    tell(
      `The environment of ${name} is the one already taken over: what is served stays as it is.`,
    );
    return;
  }
  const wrong = inBridgeWords(adoption.mistakes, origins);
  if (wrong.length > 0) throw new ConfigError(wrong);
  await context.catalog.refresh();

  tell(`This is the environment of ${name}. Roomkey takes its place:`);
  for (const line of [...report(adoption.changes, 'write').lines, ...tellNotes(notes)])
    tell(`  ${line}`);
  tell(
    '  What you change in the administration stays until the environment changes. Once you have it as',
  );
  tell('  you want it, roomkey export writes it down, and the variables of the bridge may go.');
}
