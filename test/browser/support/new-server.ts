import path from 'node:path';
import { freePorts, type Program, startProgram } from './programs.ts';

export interface NewServer {
  readonly program: Program;
  readonly roomkey: string;
  readonly setupLink: string;
  /** Of this machine, for whatever stands beside it. */
  readonly freePort: number;
}

/** What a fresh clone starts with, told by the terminal where to begin. */
export async function startNewServer(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<NewServer> {
  const [port, freePort = 0] = await freePorts(2);
  const program = startProgram('bin/roomkey.js', ['serve'], {
    PORT: String(port),
    DATA_DIR: path.join(folder, 'data'),
    LOG_LEVEL: 'warn',
    ...settings,
  });
  const said = await program.saying(/\/setup\?token=[\w-]+\s/);
  const setupLink = /http:\S+\/setup\?token=[\w-]+/.exec(said)?.[0] ?? '';
  return { program, roomkey: `http://localhost:${port}`, setupLink, freePort };
}
