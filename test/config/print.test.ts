import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { printConfiguration } from '../../src/config/print.ts';

it('docs/configuration.md is what the table of settings says (else run: npm run docs)', () => {
  const file = new URL('../../docs/configuration.md', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(printConfiguration());
});
