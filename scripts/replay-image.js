/**
 * Builds the image without an engine: takes the Dockerfile's own steps, runs them in empty
 * folders, starts what comes out with an empty DATA_DIR as the user it names, and asks it what an
 * engine would. Each check is a line; the last one says `N passed, N failed`.
 *
 * It uses the Node it is started with, not the base image's, and listens on loopback alone.
 *
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isSent, parseDockerfile } from './dockerfile.js';

/** @typedef {import('./dockerfile.js').Step} Step */
/** @typedef {{ folder: string, workdir: string, env: Record<string, string>,
 *   user: string, entrypoint: readonly string[], command: readonly string[],
 *   healthcheck: readonly string[] }} Image */

const context = fileURLToPath(new URL('..', import.meta.url));
const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 15_000;

/** Whom the image's own user is played by, when we may choose: nobody, in every Debian. */
const STAND_IN = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const bench = fs.mkdtempSync(path.join(os.tmpdir(), 'roomkey-image-'));
fs.chmodSync(bench, 0o755);
let passed = 0;
let failed = 0;
try {
  const image = buildImage();
  const content = fs.readdirSync(path.join(image.folder, image.workdir));
  check('the image holds no sources', !content.includes('src') && !content.includes('test'));
  check('the image holds no compiler', !fs.existsSync(placeOf(image, 'node_modules/typescript')));
  check('the image holds the editor', fs.existsSync(placeOf(image, 'dist/public/editor.js')));
  await tryOut(image);
} catch (error) {
  console.error(error);
  check('the replay came to its end', false);
} finally {
  fs.rmSync(bench, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/**
 * @param {string} what
 * @param {boolean} isTrue
 */
function check(what, isTrue) {
  if (isTrue) passed += 1;
  else failed += 1;
  console.log(`${isTrue ? 'ok' : 'NOT OK'}: ${what}`);
}

/** @returns {Image} The last stage, built. */
function buildImage() {
  /** @type {Map<string, Image>} */
  const images = new Map();
  const stages = parseDockerfile(fs.readFileSync(path.join(context, 'Dockerfile'), 'utf8'));
  for (const [index, stage] of stages.entries()) {
    const folder = path.join(bench, String(index));
    fs.mkdirSync(folder);
    /** @type {Image} */
    const image = {
      folder,
      workdir: '/',
      env: {},
      user: 'root',
      entrypoint: [],
      command: [],
      healthcheck: [],
    };
    for (const step of stage.steps) {
      console.log(`--- ${step.instruction} ${step.text}`);
      take(step, image, images);
    }
    images.set(stage.name || 'the image', image);
  }
  const last = [...images.values()].at(-1);
  if (!last) throw new Error('The Dockerfile makes no image.');
  return last;
}

/**
 * @param {Step} step
 * @param {Image} image
 * @param {ReadonlyMap<string, Image>} images
 */
function take(step, image, images) {
  const { instruction, words, text } = step;
  if (instruction === 'WORKDIR') {
    image.workdir = text;
    fs.mkdirSync(placeOf(image, '.'), { recursive: true });
  } else if (instruction === 'COPY') copy(step, image, images);
  else if (instruction === 'RUN') run(text, image);
  else if (instruction === 'ENV')
    for (const word of words) {
      const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(word) ?? [];
      image.env[name] = value.startsWith('/') ? placeOf(image, value) : value;
    }
  else if (instruction === 'USER') image.user = text;
  else if (instruction === 'ENTRYPOINT') image.entrypoint = words;
  else if (instruction === 'CMD') image.command = words;
  else if (instruction === 'HEALTHCHECK') image.healthcheck = words;
}

/**
 * Where a path of the image lies on this machine.
 *
 * @param {Image} image
 * @param {string} file
 */
function placeOf(image, file) {
  return path.join(image.folder, path.posix.resolve(image.workdir, file));
}

/**
 * @param {Step} step
 * @param {Image} image
 * @param {ReadonlyMap<string, Image>} images
 */
function copy({ flags, words }, image, images) {
  const from = flags.from ? images.get(flags.from) : undefined;
  if (flags.from && !from) throw new Error(`COPY from a stage that is not there: ${flags.from}`);
  const ignored = fs.readFileSync(path.join(context, '.dockerignore'), 'utf8');
  const target = words.at(-1) ?? '';
  for (const name of words.slice(0, -1)) {
    if (!from && !isSent(ignored, name)) throw new Error(`.dockerignore keeps ${name} away`);
    const source = from ? placeOf(from, name) : path.join(context, name);
    const into = target.endsWith('/') ? path.posix.join(target, path.basename(name)) : target;
    fs.cpSync(source, placeOf(image, into), { recursive: true, verbatimSymlinks: true });
    if (flags.chown && STAND_IN.uid !== undefined)
      fs.chownSync(placeOf(image, into), STAND_IN.uid, STAND_IN.gid);
  }
}

/**
 * @param {string} line
 * @param {Image} image
 */
function run(line, image) {
  const { status } = spawnSync('/bin/sh', ['-c', line], {
    cwd: placeOf(image, '.'),
    env: { ...process.env, ...image.env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  check(`RUN ${line}`, status === 0);
  if (status !== 0) throw new Error(`RUN ${line} ended with ${status}`);
}

/** @param {Image} image */
async function tryOut(image) {
  check('it runs as somebody other than root', image.user !== 'root');
  check('it listens to the outside', image.env.HOST === '0.0.0.0');
  const port = await freePort();
  // What belongs to this machine alone stays out: the image starts with its own settings.
  const env = { PATH: process.env.PATH, ...image.env, HOST: '127.0.0.1', PORT: String(port) };
  const options = /** @type {const} */ ({ cwd: placeOf(image, '.'), env, ...STAND_IN });
  const [program = '', ...args] = [...image.entrypoint, ...image.command];
  const server = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
  const exited = once(server, 'exit');
  try {
    check('it is ready on an empty DATA_DIR', await isReady(port, server));
    const [prober = '', ...probe] = image.healthcheck;
    check('its health check is content', spawnSync(prober, probe, options).status === 0);
    server.kill('SIGTERM');
    const late = sleep(STOPPED_WITHIN_MS, ['later'], { ref: false });
    const [code] = await Promise.race([exited, late]);
    check(`SIGTERM ends it with code 0 (it was ${code})`, code === 0);
  } finally {
    server.kill('SIGKILL');
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/**
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} server
 */
async function isReady(port, server) {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return true;
    await sleep(100);
  }
  return false;
}
