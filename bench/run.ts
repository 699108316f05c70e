/**
 * `npm run bench [-- --json] [--quick] [--only NAME,…]`: the figures we promise, measured on this
 * machine and held against what the machine itself can do. It says what it saw and judges nothing:
 * the exit code is 0 unless something broke. See docs/benchmarks.md.
 *
 * @module
 */
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../scripts/build.js';
import type { Figure } from './figure.ts';
import { crowdFigures } from './figures/crowd.ts';
import { keyFileFigures } from './figures/key-files.ts';
import { listFigures } from './figures/lists.ts';
import { openidFigures } from './figures/openid.ts';
import { signInFigures } from './figures/sign-in.ts';
import { startFigures } from './figures/start.ts';
import { tokenFigures } from './figures/tokens.ts';
import { type Ground, layGround } from './ground.ts';
import { printTable } from './report.ts';
import { startRoomkey } from './roomkey.ts';

type Part = (ground: Ground) => Promise<Figure[]>;

const PARTS: Readonly<Record<string, Part>> = {
  start: startFigures,
  tokens: (ground) => withRoomkey(ground, tokenFigures),
  keys: (ground) => withRoomkey(ground, keyFileFigures),
  openid: openidFigures,
  'sign-in': signInFigures,
  crowd: (ground) => withRoomkey(ground, crowdFigures),
  lists: listFigures,
};

const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(PARTS).join() },
  },
});

const built = buildIfStale(new URL('..', import.meta.url));
if (!built.ok) throw new Error(built.output);

const ground = await layGround(
  options.quick ? { seconds: 1, rounds: 2 } : { seconds: 3, rounds: 5 },
);
const figures: Figure[] = [];
for (const name of options.only.split(',')) {
  const part = PARTS[name];
  if (!part) throw new Error(`no part is called ${name}: ${Object.keys(PARTS).join(', ')}`);
  process.stderr.write(`measuring: ${name}\n`);
  figures.push(...(await part(ground)));
}
await ground.stop();

const machine = {
  node: process.version,
  system: `${process.platform} ${release()}`,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
};
if (options.json) console.log(JSON.stringify({ machine, figures }, null, 2));
else console.log(`${Object.values(machine).join(', ')} cores\n\n${printTable(figures)}`);

async function withRoomkey(
  ground: Ground,
  measure: (ground: Ground, roomkey: Awaited<ReturnType<typeof startRoomkey>>) => Promise<Figure[]>,
): Promise<Figure[]> {
  const roomkey = await startRoomkey(ground.world.settings);
  try {
    return await measure(ground, roomkey);
  } finally {
    await roomkey.stop();
  }
}
