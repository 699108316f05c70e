/**
 * `npm run demo`: a world to look at, on this machine alone. It is kept in `.demo`, so that a
 * second start is a quick one; `--fresh` starts with a new one.
 *
 *     npm run demo -- [--fresh] [--port 3000] [--jitsi-port 8080] [--folder .demo]
 *
 * @module
 */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfStale } from './build.js';

const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    port: { type: 'string', default: '3000' },
    'jitsi-port': { type: 'string', default: '8080' },
    folder: { type: 'string', default: fileURLToPath(new URL('../.demo', import.meta.url)) },
  },
});

const root = new URL('..', import.meta.url);
const { ok, output } = buildIfStale(root);
if (!ok) {
  console.error(output);
  process.exit(1);
}

/** @type {typeof import('../src/demo/run-demo.ts')} */
const { runDemo } = await import(new URL('dist/demo/run-demo.js', root).href);

if (values.fresh) rmSync(values.folder, { recursive: true, force: true });
const path = fileURLToPath(new URL('config/demo.yaml', root));
const jitsiPort = Number(values['jitsi-port']);
const text = readFileSync(path, 'utf8')
  .replaceAll('http://localhost:8080/', `http://localhost:${jitsiPort}/`)
  .replaceAll('http://localhost:8081/', `http://localhost:${jitsiPort + 1}/`);

// Nothing of the environment: the demo touches no database but its own.
const variables = { PORT: values.port, DATA_DIR: values.folder, LOG_LEVEL: 'warn' };
try {
  const demo = await runDemo({ variables, text, path, tell: (line) => console.log(line) });
  console.log(`
Ctrl-C ends everything. The world is kept in ${values.folder};
npm run demo -- --fresh starts with a new one.`);
  let stopping = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      void demo.stop().then(() => process.exit(0));
    });
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error)
    return `Port ${String(error.port)} is taken. Choose others: npm run demo -- --port 3100 --jitsi-port 8180`;
  return error.stack;
}
