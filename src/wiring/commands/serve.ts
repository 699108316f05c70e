import { loadConfig } from '../../config/load.ts';
import { serve as startServer } from '../serve.ts';
import type { Command } from './command.ts';

export const serve: Command = {
  name: 'serve',
  synopsis: '',
  summary: 'Serves until SIGTERM or SIGINT; the same as no command.',
  words: [0, 0],
  options: {},
  async run({ variables, terminal }) {
    // Heard from the first moment on: whoever stops us while we start must not wait for a kill.
    const stop = new AbortController();
    const stopped = nextSignal().finally(() => stop.abort());
    const server = await unlessStopped(
      startServer(loadConfig(variables), terminal.print, stop.signal),
      stop.signal,
    );
    const signal = await stopped;
    await server?.stop();
    return { ok: true, lines: [], json: { ok: true, signal } };
  },
};

/** A start that was given up because of the signal is no failure. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** A second signal ends the process at once, as it would without us. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}
