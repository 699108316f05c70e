import { defineConfig } from 'vitest/config';

/** What answers the same on both databases: it asks none, or brings its own. */
const ONCE = [
  'test/*.test.ts',
  ...['config', 'crypto', 'demo', 'directory', 'domain', 'http', 'scripts'].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  ...[
    'cli',
    'doctor',
    'import-users',
    'import-bridge',
    'serve',
    'serve-bridge',
    'bridge-ways',
    'upstream-sync',
    'upstream-test',
  ].map((name) => `test/wiring/${name}.test.ts`),
];
const BROWSER = 'test/browser/**';

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/each-file.ts'],
    pool: 'forks',
    // Files share their modules: to load the server anew for each took longer than their tests.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'once', include: ONCE } },
      {
        extends: true,
        test: { name: 'database', include: ['test/**/*.test.ts'], exclude: [...ONCE, BROWSER] },
      },
    ],
  },
});
