#!/usr/bin/env node
/**
 * The program `roomkey`. In a clone it first brings dist/ up to date; in the image there is no
 * src/, and nothing to build. What the arguments mean is for src/main.ts to say.
 *
 * @module
 */
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Roomkey needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

if (existsSync(new URL('../src', import.meta.url))) {
  const { buildIfStale } = await import('../scripts/build.js');
  const { ok, output } = buildIfStale(new URL('..', import.meta.url));
  if (!ok) {
    console.error(output);
    process.exit(1);
  }
}

await import(new URL('../dist/main.js', import.meta.url).href);
