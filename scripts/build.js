/**
 * Compiles src/ to dist/, and editor/ to dist/public/editor.js, so that two builds at once cannot
 * break each other, nor a program that starts meanwhile: each compiles into a folder of its own,
 * moves its files into place one by one (a rename is atomic, and the same sources give the same
 * files), and writes down last which sources they came from.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleEditor } from './bundle-editor.js';

/** Names the sources dist/ was made from: a digest of every path, size and time of change. */
const FINGERPRINT = '.fingerprint';

/** Folders of builds under way, in dist/, by process id. */
const UNDER_WAY = /^\.build-(\d+)$/;

/** @typedef {{ readonly ok: boolean, readonly output: string }} BuildResult */

/**
 * Builds unless dist/ was made from just these sources.
 *
 * @param {string | URL} root The folder that holds src/ and tsconfig.build.json.
 * @returns {BuildResult}
 */
export function buildIfStale(root) {
  const folder = typeof root === 'string' ? root : fileURLToPath(root);
  return isFresh(folder) ? { ok: true, output: '' } : build(folder);
}

/** @param {string} root */
function isFresh(root) {
  const file = path.join(root, 'dist', FINGERPRINT);
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8') === fingerprint(root);
}

/**
 * @param {string} root
 * @returns {BuildResult} The compiler's words, empty when it has none.
 */
export function build(root) {
  const dist = path.join(root, 'dist');
  const workshop = path.join(dist, `.build-${process.pid}`);
  // Taken before the compiler reads: a change while it works makes the next start build again.
  const before = fingerprint(root);
  fs.mkdirSync(workshop, { recursive: true });
  try {
    const result = compile(root, workshop);
    if (!result.ok) return result;
    const bundled = bundleEditor(root, workshop);
    if (!bundled.ok) return bundled;
    const made = filesBelow(workshop);
    for (const file of made) moveInto(workshop, dist, file);
    sweep(dist, new Set(made));
    fs.writeFileSync(path.join(workshop, FINGERPRINT), before);
    moveInto(workshop, dist, FINGERPRINT);
    return result;
  } finally {
    fs.rmSync(workshop, { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @param {string} outDir
 * @returns {BuildResult}
 */
function compile(root, outDir) {
  const compiler = compilerPath();
  if (!compiler)
    return { ok: false, output: 'There is no compiler to build src/ with: run `npm ci` first.' };
  const options = ['--outDir', outDir, '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  const project = path.join(root, 'tsconfig.build.json');
  const run = spawnSync(process.execPath, [compiler, '-p', project, ...options], {
    encoding: 'utf8',
  });
  return { ok: run.status === 0, output: `${run.stdout}${run.stderr}`.trim() };
}

/** The compiler's own program file, or undefined where only what runs is installed. */
export function compilerPath() {
  const file = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  return fs.existsSync(file) ? file : undefined;
}

/** @param {string} root */
function fingerprint(root) {
  const files = ['tsconfig.json', 'tsconfig.build.json'].filter((file) =>
    fs.existsSync(path.join(root, file)),
  );
  for (const folder of ['src', 'editor'])
    for (const file of filesBelow(path.join(root, folder))) files.push(path.join(folder, file));
  const digest = createHash('sha256');
  for (const file of files.toSorted()) {
    const { mtimeMs, size } = fs.statSync(path.join(root, file));
    digest.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return digest.digest('hex');
}

/**
 * Leaves out the folders of builds under way: they may vanish while we look.
 *
 * @param {string} folder
 * @returns {string[]} Paths relative to the folder.
 */
function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    if (UNDER_WAY.test(entry.name)) return [];
    const below = filesBelow(path.join(folder, entry.name));
    return below.map((file) => path.join(entry.name, file));
  });
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string} file
 */
function moveInto(from, to, file) {
  fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
  fs.renameSync(path.join(from, file), path.join(to, file));
}

/**
 * Removes what an earlier build left: files whose source is gone, folders of builds that died.
 *
 * @param {string} dist
 * @param {ReadonlySet<string>} made
 */
function sweep(dist, made) {
  for (const entry of fs.readdirSync(dist)) {
    const owner = UNDER_WAY.exec(entry)?.[1];
    if (owner && !isAlive(Number(owner)))
      fs.rmSync(path.join(dist, entry), { recursive: true, force: true });
  }
  for (const file of filesBelow(dist))
    if (!made.has(file) && file !== FINGERPRINT) fs.rmSync(path.join(dist, file), { force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ok, output } = build(fileURLToPath(new URL('..', import.meta.url)));
  if (output) console.error(output);
  process.exitCode = ok ? 0 : 1;
}
