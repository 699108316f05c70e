import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { tally } from './test/support/tally.ts';

const isRequired = process.env['ROOMKEY_BROWSER_REQUIRED'] === '1';

export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    reporters: ['default', tally({ skipped: isRequired ? 'failed' : 'ignored' })],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/each-file.ts'],
    // As soon as there are browser tests, finding none is a failure.
    passWithNoTests: !existsSync('test/browser'),
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
