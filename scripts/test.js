/**
 * `npm test`: the suite on the embedded database, then on a real Postgres started for the run.
 *
 * Arguments go to vitest; `TEST_EMBEDDED_ONLY=1` leaves the second run out. The last line says
 * `N passed, N failed`, both runs together.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPostgresBinaries } from '../test/support/postgres-binaries.js';

const VITEST = path.join(
  path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);
const folder = mkdtempSync(path.join(tmpdir(), 'roomkey-results-'));

const runs = [run('embedded', undefined, [])];
const isEnough = process.env.TEST_EMBEDDED_ONLY === '1';
const server = process.env.TEST_DATABASE_URL || (findPostgresBinaries() && 'disposable');
// What asks no database has answered.
if (server && !isEnough) runs.push(run('postgres', server, ['--project', 'database']));
else if (!isEnough)
  console.warn('\n*** NOT TESTED ON A REAL POSTGRES: no binaries here. Install postgresql. ***\n');

rmSync(folder, { recursive: true });
const passed = runs.reduce((sum, result) => sum + result.passed, 0);
const failed = runs.reduce((sum, result) => sum + result.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/**
 * @param {string} name
 * @param {string | undefined} databaseUrl
 * @param {readonly string[]} choice
 */
function run(name, databaseUrl, choice) {
  console.log(`\n=== on ${name} ===`);
  const report = path.join(folder, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { TEST_DATABASE_URL: _, ...environment } = process.env;
  const env = databaseUrl ? { ...environment, TEST_DATABASE_URL: databaseUrl } : environment;
  const args = [VITEST, 'run', ...reporters, ...choice, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  return count(report, status === 0);
}

/**
 * A file that does not load has no tests to fail, and an error outside every test fails none:
 * both count as one.
 *
 * @param {string} report
 * @param {boolean} succeeded
 */
function count(report, succeeded) {
  const results = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  const unloaded = results.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = results.numFailedTests + unloaded;
  return { passed: results.numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
}
