import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTS, type Plant } from './architecture-plants.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Diagnostic {
  readonly message: string;
  readonly code: string;
  readonly filename: string;
}

/** A field of its own, below another `src/`: where a clone lies must not matter. */
let field: string;
let findings: readonly Diagnostic[];

function fileOf(plant: Plant): string {
  const folder = plant.layer === 'doors' ? 'doors/jitsi' : plant.layer;
  return `src/${folder}/plant-${PLANTS.indexOf(plant)}.ts`;
}

function plantFile(file: string, source: string): void {
  fs.mkdirSync(path.dirname(path.join(field, file)), { recursive: true });
  fs.writeFileSync(path.join(field, file), `${source}\n`);
}

function lint(): readonly Diagnostic[] {
  const program = path.join(root, 'node_modules/oxlint/bin/oxlint');
  const run = spawnSync(process.execPath, [program, '--format=json'], {
    cwd: field,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(run.stdout).diagnostics;
}

beforeAll(() => {
  field = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'roomkey-arrows-')), 'src/clone');
  fs.mkdirSync(path.join(field, 'lint'), { recursive: true });
  for (const file of ['.oxlintrc.json', 'lint/arrows.js'])
    fs.copyFileSync(path.join(root, file), path.join(field, file));
  for (const plant of PLANTS) plantFile(fileOf(plant), plant.source);
  plantFile(
    'src/domain/round-a.ts',
    "import { b } from './round-b.ts';\nexport const a = () => b;",
  );
  plantFile(
    'src/domain/round-b.ts',
    "import { a } from './round-a.ts';\nexport const b = () => a;",
  );
  plantFile('src/domain/long.ts', `export const a = [\n${'  1,\n'.repeat(299)}];`);
  plantFile('src/main.ts', "import { serve } from './wiring/serve.ts';\nserve(process.argv);");

  findings = lint();
});

afterAll(() => fs.rmSync(path.join(field, '../..'), { recursive: true, force: true }));

/** What our own rules say of a file; the lint's ordinary rules have their say elsewhere. */
function complaints(file: string, rule = /^house\(/): readonly string[] {
  return findings
    .filter((finding) => finding.filename === file && rule.test(finding.code))
    .map((finding) => finding.message);
}

describe('the arrows and the bans', () => {
  const guilty = PLANTS.filter((plant) => plant.expected !== undefined);
  const innocent = PLANTS.filter((plant) => plant.expected === undefined);

  it.each(guilty)('catch $title', (plant) => {
    expect(complaints(fileOf(plant)).join('\n')).toContain(plant.expected);
  });

  it.each(innocent)('leave alone $title', (plant) => {
    expect(complaints(fileOf(plant))).toEqual([]);
  });

  it('catch modules that import each other in a circle', () => {
    expect(complaints('src/domain/round-a.ts', /no-cycle/)).toHaveLength(1);
  });

  it('catch a file of more than 300 lines', () => {
    expect(complaints('src/domain/long.ts', /max-lines/)).toHaveLength(1);
  });

  it('leave the program its arguments', () => {
    expect(complaints('src/main.ts')).toEqual([]);
  });
});

describe('the tree', () => {
  const sources = fs
    .readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'));

  it.each(sources)('src/%s is short, and switches none of these rules off', (file) => {
    const text = fs.readFileSync(path.join(root, 'src', file), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(300);
    expect(text).not.toMatch(/(?:oxlint|eslint)-disable(?![^\n]* (?!house\/)[\w-]+\/[\w-]+ -- )/);
  });

  it('has a lockfile that names no registry', () => {
    const lockfile = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
    expect(lockfile).not.toContain('"resolved"');
    // Where to give money is no place to fetch from.
    const lock = JSON.parse(lockfile, (key, value) => (key === 'funding' ? undefined : value));
    expect(JSON.stringify(lock)).not.toMatch(/\w+:\/\//);
  });
});
