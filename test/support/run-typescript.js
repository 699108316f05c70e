/**
 * `node run-typescript.js FILE ARGUMENT…`: Node 20 does not run TypeScript by itself.
 *
 * @module
 */
import { runnerImport } from 'vite';

const [file = ''] = process.argv.splice(2, 1);
await runnerImport(file, { configFile: false, logLevel: 'error' });
