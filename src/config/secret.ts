/**
 * The secret that seals all others, on the embedded default: made on first start, in
 * `DATA_DIR/secret`, readable by its owner only.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { decodeKey } from './kinds.ts';
import { ConfigError } from './load.ts';

/**
 * The keys of the secret box: those of the environment, else the generated one.
 *
 * @throws {ConfigError} when the file of the generated one holds something else.
 */
export async function masterKeys(
  config: Pick<Config, 'secrets' | 'dataDir'>,
): Promise<readonly Buffer[]> {
  return config.secrets ?? [await generatedKey(config.dataDir)];
}

async function generatedKey(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'secret');
  const text = (await readIfThere(file)) ?? (await make(file, dataDir));
  const key = decodeKey(text.trim());
  if (!key)
    throw new ConfigError([
      `ROOMKEY_SECRET is not set, and ${file} does not hold 32 bytes in hex: bring the file back from a backup`,
    ]);
  return key;
}

/** Complete under another name first; `link` then succeeds for one process only, whatever dies. */
async function make(file: string, dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
