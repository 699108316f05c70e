/**
 * `npm run docs`: prints the pages of docs/ that are made from the code.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.js';

const root = new URL('..', import.meta.url);
const { ok, output } = buildIfStale(root);
if (!ok) {
  console.error(output);
  process.exit(1);
}

/** @type {typeof import('../src/config/print.ts')} */
const { printConfiguration } = await import(new URL('dist/config/print.js', root).href);
mkdirSync(fileURLToPath(new URL('docs', root)), { recursive: true });
writeFileSync(new URL('docs/configuration.md', root), printConfiguration());
