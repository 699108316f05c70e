/**
 * Makes one file of `editor/` and what it takes from elsewhere, for pages with rules.
 *
 * @module
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** @typedef {{ readonly ok: boolean, readonly output: string }} BundleResult */

/** The licence of what is in the file asks for as much. */
const BANNER = '/* CodeMirror and Lezer, MIT, Copyright Marijn Haverbeke and others. */';

/**
 * @param {string} root The folder that may hold `editor/`.
 * @param {string} outDir Gets `public/editor.js`.
 * @returns {BundleResult}
 */
export function bundleEditor(root, outDir) {
  const entry = path.join(root, 'editor', 'main.ts');
  if (!fs.existsSync(entry)) return { ok: true, output: '' };
  const esbuild = findEsbuild();
  if (!esbuild)
    return { ok: false, output: 'There is no esbuild to make editor.js with: run `npm ci` first.' };
  try {
    esbuild.buildSync({
      entryPoints: [entry],
      outfile: path.join(outDir, 'public', 'editor.js'),
      banner: { js: BANNER },
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2022',
      logLevel: 'silent',
    });
    return { ok: true, output: '' };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Undefined where only what runs is installed.
 *
 * @returns {typeof import('esbuild') | undefined}
 */
function findEsbuild() {
  try {
    return createRequire(import.meta.url)('esbuild');
  } catch {
    return undefined;
  }
}
