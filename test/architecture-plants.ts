/**
 * What `architecture.test.ts` plants: each arrow that does not exist crossed in every way, each ban
 * broken in every layer it holds for, and what must be left alone.
 *
 * @module
 */

/** The arrows once more, in other words than the rule's own: who stands left of whom. */
const ARROWS = {
  domain: '',
  crypto: 'domain',
  stores: 'domain crypto',
  directory: 'domain',
  operations: 'domain crypto types-of-stores types-of-directory',
  http: 'domain crypto',
  doors: 'domain crypto stores directory operations http',
  config: 'domain crypto',
  wiring: 'domain crypto stores directory operations http doors config',
  demo: 'domain crypto stores directory operations http doors config wiring',
} as const;

type Layer = keyof typeof ARROWS;

const LAYERS = Object.keys(ARROWS) as Layer[];
const ORDINARY_LAYERS = LAYERS.filter((layer) => !['config', 'wiring', 'demo'].includes(layer));

export interface Plant {
  readonly title: string;
  readonly layer: string;
  readonly source: string;
  /** What the lint says, or undefined where it must be silent. */
  readonly expected: string | undefined;
}

function neighbours(): readonly Plant[] {
  return LAYERS.flatMap((from) =>
    LAYERS.filter((to) => to !== from).flatMap((to) => {
      const allowed = ARROWS[from].split(' ');
      const up = from === 'doors' ? '../..' : '..';
      const file = to === 'doors' ? 'doors/portal/thing.ts' : `${to}/thing.ts`;
      const value = allowed.includes(to);
      const type = value || allowed.includes(`types-of-${to}`);
      const complaint = type
        ? `${from} may import only types of ${to}`
        : `${from} must not import ${to}`;
      return [
        {
          title: `${from} → ${to}`,
          layer: from,
          source: `import { thing } from '${up}/${file}';\nexport const it = thing;`,
          expected: value ? undefined : complaint,
        },
        {
          title: `${from} → ${to}, by type`,
          layer: from,
          source: `import type { Thing } from '${up}/${file}';\nexport type It = Thing;`,
          expected: type ? undefined : complaint,
        },
      ];
    }),
  );
}

/** Every other way to name a module, each across an arrow that does not exist. */
const WAYS_IN: readonly Plant[] = [
  ['a re-export', "export { thing } from '../stores/thing.ts';"],
  ['a re-export of all', "export * from '../stores/thing.ts';"],
  ['an import for its effect', "import '../stores/thing.ts';"],
  ['a dynamic import', "export const it = () => import('../stores/thing.ts');"],
  ['a dynamic import of a template', 'export const it = () => import(`../stores/thing.ts`);'],
  ['an imported type', "export type It = import('../stores/thing.ts').Thing;"],
].map(([title, source]) => ({
  title: `domain → stores by ${title}`,
  layer: 'domain',
  source: source!,
  expected: 'domain must not import stores',
}));

const TYPE_BY_TYPE: readonly Plant[] = [
  [
    'names that are all types',
    "import { type A, type B } from '../stores/a.ts';\nexport type C = A | B;",
    true,
  ],
  ['re-exported types', "export type { A } from '../stores/a.ts';", true],
  ['an imported type', "export type A = import('../stores/a.ts').A;", true],
  [
    'one value among types',
    "import { a, type B } from '../stores/a.ts';\nexport const c: B = a;",
    false,
  ],
  ['a dynamic import', "export const a = () => import('../stores/a.ts');", false],
].map(([title, source, silent]) => ({
  title: `operations → stores by ${title}`,
  layer: 'operations',
  source: String(source),
  expected: silent ? undefined : 'operations may import only types of stores',
}));

const PACKAGES: readonly Plant[] = [
  ['domain', 'zod', undefined],
  ['domain', 'node:fs', 'domain must not import node:fs'],
  ['domain', 'koa', 'domain must not import koa'],
  ['domain', 'knex', 'domain must not import knex'],
  ['domain', 'jose', 'domain must not import jose'],
  ['crypto', 'jose', undefined],
  ['crypto', 'node:crypto', undefined],
  ['crypto', 'zod', 'crypto must not import zod'],
  ['crypto', 'node:fs', 'crypto must not import node:fs'],
  ['stores', 'knex', undefined],
  ['operations', 'knex', 'knex belongs to stores'],
  ['doors', 'pg', 'pg belongs to stores'],
  ['wiring', '@electric-sql/pglite', '@electric-sql/pglite belongs to stores'],
  ['wiring', '@electric-sql/pglite/live', '@electric-sql/pglite/live belongs to stores'],
  ['directory', 'openid-client', undefined],
  ['operations', 'openid-client', 'openid-client belongs to directory'],
  ['directory', 'ldapts', undefined],
  ['doors', 'ldapts', 'ldapts belongs to directory'],
  ['directory', 'knex', 'knex belongs to stores'],
  ['doors', 'koa', undefined],
  ['operations', 'koa', 'koa belongs to http, doors, wiring, demo'],
  ['stores', '@koa/router', '@koa/router belongs to http, doors, wiring, demo'],
  ['http', 'nunjucks', undefined],
  ['doors', 'nunjucks', 'nunjucks belongs to http'],
  ['operations', '@node-rs/argon2', '@node-rs/argon2 belongs to crypto'],
  ['doors', 'oidc-provider/lib/helpers/nanoid.js', "never oidc-provider's internals"],
  ['wiring', 'node:module', 'modules are imported, not required'],
].map(([layer, name, expected]) => ({
  title: `${layer} → ${name}`,
  layer: layer!,
  source: `import * as thing from '${name}';\nexport const it = thing;`,
  expected,
}));

const OTHER_WAYS: readonly Plant[] = [
  {
    title: 'one door that knows another',
    layer: 'doors',
    source: "import { a } from '../portal/a.ts';\nexport const b = a;",
    expected: 'doors/jitsi knows doors/portal: doors do not know each other',
  },
  {
    title: 'a door that knows itself',
    layer: 'doors',
    source: "import { a } from './a.ts';\nexport const b = a;",
    expected: undefined,
  },
  {
    title: 'a way out of src/',
    layer: 'wiring',
    source: "import { a } from '../../test/factories.ts';\nexport const b = a;",
    expected: 'wiring reaches outside src/',
  },
  {
    title: 'a module with a computed name',
    layer: 'operations',
    source: 'export const a = (name: string) => import(name);',
    expected: 'an import names its module by a literal',
  },
  {
    title: 'a migration found by its name',
    layer: 'stores',
    source: 'export const a = (name: string) => import(name);',
    expected: undefined,
  },
  {
    title: 'require',
    layer: 'domain',
    source: "declare const require: (name: string) => unknown;\nexport const a = require('pg');",
    expected: 'modules are imported, not required',
  },
  {
    title: 'a folder that is no layer',
    layer: 'helpers',
    source: 'export const a = 1;',
    expected: 'src/helpers is no layer of ours',
  },
  {
    title: 'the program itself, imported',
    layer: 'wiring',
    source: "import { a } from '../main.ts';\nexport const b = a;",
    expected: 'wiring must not import main.ts',
  },
];

const TIME = 'time is handed in: use a Clock';
const CHANCE = 'chance is handed in: use Random';
const SETTINGS = 'settings are handed in: use Config';

const AMBIENT: ReadonlyArray<readonly [source: string, expected: string | undefined]> = [
  ['export const a = () => new Date();', TIME],
  ['export const a = () => new Date;', TIME],
  ['export const a = () => new globalThis.Date();', TIME],
  ['export const a = () => Date();', TIME],
  ['export const a = () => Date.now();', 'Date.now is ambient'],
  ["export const a = () => Date['now']();", 'Date.now is ambient'],
  ['export const a = () => globalThis.Date.now();', 'Date.now is ambient'],
  ['export const a = () => Date?.now();', 'Date.now is ambient'],
  ['export const a = Date.now;', 'Date.now is ambient'],
  ['const { now } = Date;\nexport const a = now;', 'Date goes by its own name'],
  ['const Clock = Date;\nexport const a = () => new Clock();', 'Date goes by its own name'],
  ['export const a = () => Temporal.Now.instant();', 'Temporal.Now is ambient'],
  ['export const a = () => performance.now();', 'performance.now is ambient'],
  ['export const a = () => performance.timeOrigin;', 'performance.timeOrigin is ambient'],
  ['export const a = () => process.hrtime.bigint();', 'process.hrtime is ambient'],
  ['export const a = () => process.uptime();', 'process.uptime is ambient'],
  ["import { performance } from 'node:perf_hooks';\nexport const a = performance;", TIME],
  ["export const a = () => import('node:perf_hooks');", TIME],
  ['export const a = () => Math.random();', 'Math.random is ambient'],
  ['const { random } = Math;\nexport const a = random;', 'Math goes by its own name'],
  ['export const a = () => process.env;', 'process.env is ambient'],
  ['export const a = () => globalThis.process.env;', 'process.env is ambient'],
  ["export const a = () => globalThis['process'].env;", 'process.env is ambient'],
  ['const { process: p } = globalThis;\nexport const a = p;', 'globalThis goes by its own name'],
  ['const { env } = process;\nexport const a = env;', 'process goes by its own name'],
  ['export const a = () => process.argv;', 'process.argv is ambient'],
  ['export const a = () => process.cwd();', 'process.cwd is ambient'],
  ["import process from 'node:process';\nexport const a = process;", SETTINGS],
  ["import { env } from 'node:process';\nexport const a = env;", SETTINGS],
  ["import * as p from 'process';\nexport const a = p;", SETTINGS],
  ["export { env } from 'node:process';", SETTINGS],
  // What they leave alone.
  ['export const a = (at: number) => new Date(at);', undefined],
  ["export const a = () => Date.parse('2026-01-05');", undefined],
  ['export const a = (b: Date) => Math.floor(b.getTime());', undefined],
  ['export const a = (b: () => void) => setTimeout(b, 10);', undefined],
  ['export const a = (b: { now(): Date }) => b.now();', undefined],
];

const DICE: ReadonlyArray<readonly [source: string, expected: string | undefined]> = [
  ["import { randomUUID } from 'node:crypto';\nexport const a = randomUUID;", CHANCE],
  ["import { randomBytes as b } from 'node:crypto';\nexport const a = b;", CHANCE],
  ["import { randomFillSync } from 'node:crypto';\nexport const a = randomFillSync;", CHANCE],
  ["import { generateKeyPair } from 'node:crypto';\nexport const a = generateKeyPair;", CHANCE],
  ["import { webcrypto } from 'node:crypto';\nexport const a = webcrypto;", CHANCE],
  ["import crypto from 'node:crypto';\nexport const a = crypto.createHash;", CHANCE],
  ["import * as c from 'node:crypto';\nexport const a = c;", CHANCE],
  ["export { randomInt } from 'node:crypto';", CHANCE],
  ["export * from 'node:crypto';", CHANCE],
  ["export const a = () => import('node:crypto');", CHANCE],
  ['export const a = () => crypto.randomUUID();', 'crypto.randomUUID is ambient'],
  [
    'export const a = () => globalThis.crypto.getRandomValues(new Uint8Array(8));',
    'crypto.getRandomValues is ambient',
  ],
  ['const dice = crypto;\nexport const a = dice;', 'crypto goes by its own name'],
  ["import { createHash } from 'node:crypto';\nexport const a = createHash;", undefined],
];

function ambient(): readonly Plant[] {
  const dark = ORDINARY_LAYERS.filter((layer) => layer !== 'crypto');
  const plants = (layers: readonly string[], cases: typeof AMBIENT) =>
    layers.flatMap((layer) =>
      cases.map(([source, expected]) => ({
        title: `${layer}: ${source}`,
        layer,
        source,
        expected,
      })),
    );
  const silent = (cases: typeof AMBIENT) => cases.map(([source]) => [source, undefined] as const);
  return [
    ...plants(['operations', 'http', 'doors', 'stores'], AMBIENT),
    ...plants(['operations', 'http', 'doors', 'stores'], DICE),
    // The pure and the cryptic layer may not even import most of these: the bare forms suffice.
    ...plants(
      dark.filter((layer) => layer === 'domain'),
      AMBIENT.filter(isBare),
    ),
    ...plants(['domain'], DICE.filter(isBare)),
    ...plants(['crypto'], AMBIENT.filter(isBare)),
    ...plants(['crypto'], silent(DICE)),
    ...plants(['config', 'wiring', 'demo'], silent(AMBIENT)),
    ...plants(['config', 'wiring', 'demo'], silent(DICE)),
  ];
}

function isBare([source]: readonly [string, string | undefined]): boolean {
  return !/import|from/.test(source);
}

export const PLANTS: readonly Plant[] = [
  ...neighbours(),
  ...WAYS_IN,
  ...TYPE_BY_TYPE,
  ...PACKAGES,
  ...OTHER_WAYS,
  ...ambient(),
];
