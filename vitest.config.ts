import { defineConfig } from 'vitest/config';

/** What asks no database: it answers the same on both, and its files share their modules. */
const PLAIN = [
  'test/*.test.ts',
  ...['config', 'crypto', 'demo', 'domain', 'http', 'scripts'].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
];
const BROWSER = 'test/browser/**';

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'plain', include: PLAIN, isolate: false } },
      {
        extends: true,
        test: { name: 'database', include: ['test/**/*.test.ts'], exclude: [...PLAIN, BROWSER] },
      },
    ],
  },
});
