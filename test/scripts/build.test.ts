import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, buildIfStale } from '../../scripts/build.js';
import { bundleEditor } from '../../scripts/bundle-editor.js';

const run = promisify(execFile);
const script = pathToFileURL(
  fileURLToPath(new URL('../../scripts/build.js', import.meta.url)),
).href;

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'roomkey-build-'));
  fs.mkdirSync(path.join(root, 'src'));
  const compilerOptions = {
    module: 'NodeNext',
    target: 'ES2023',
    types: [],
    rootDir: 'src',
    outDir: 'dist',
    rewriteRelativeImportExtensions: true,
  };
  write('package.json', '{ "type": "module" }');
  write('tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  write('src/answer.ts', 'export const answer: number = 42;\n');
  write('src/main.ts', "export { answer } from './answer.ts';\n");
});

afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  fs.writeFileSync(path.join(root, file), text);
}

function built(): readonly string[] {
  return fs.readdirSync(path.join(root, 'dist')).toSorted();
}

describe('buildIfStale', () => {
  it('builds a program that Node runs, and says nothing', async () => {
    expect(buildIfStale(root)).toEqual({ ok: true, output: '' });

    const program = await import(pathToFileURL(path.join(root, 'dist/main.js')).href);
    expect(program.answer).toBe(42);
  });

  it('leaves a build of the same sources alone', () => {
    buildIfStale(root);
    write('dist/answer.js', '// untouched');

    buildIfStale(root);

    expect(fs.readFileSync(path.join(root, 'dist/answer.js'), 'utf8')).toBe('// untouched');
  });

  it('builds again when a source changed, even to an older file', () => {
    buildIfStale(root);
    write('src/answer.ts', 'export const answer: number = 43;\n');
    fs.utimesSync(path.join(root, 'src/answer.ts'), 1_000_000, 1_000_000);

    buildIfStale(root);

    expect(fs.readFileSync(path.join(root, 'dist/answer.js'), 'utf8')).toContain('43');
  });

  it('removes what no source makes any more, and what a build that died left behind', () => {
    write('src/old.ts', 'export const old = 1;\n');
    buildIfStale(root);
    fs.rmSync(path.join(root, 'src/old.ts'));
    // Larger than any process id Linux gives (pid_max is at most 2^22).
    fs.mkdirSync(path.join(root, 'dist/.build-99999999'));

    buildIfStale(root);

    expect(built()).toEqual(['.fingerprint', 'answer.js', 'main.js']);
  });

  it('tells the mistake, and keeps the build it had', () => {
    buildIfStale(root);
    write('src/answer.ts', "export const answer: number = 'x';\n");

    const { ok, output } = buildIfStale(root);

    expect(ok).toBe(false);
    expect(output).toContain('answer.ts');
    expect(fs.readFileSync(path.join(root, 'dist/answer.js'), 'utf8')).toContain('42');
    expect(buildIfStale(root).ok).toBe(false);
  });
});

describe('two builds at once', () => {
  it('both end well, and a program started after either runs', async () => {
    build(root);
    fs.rmSync(path.join(root, 'dist/.fingerprint'));
    const source = `
      const { buildIfStale } = await import(${JSON.stringify(script)});
      const { ok, output } = buildIfStale(${JSON.stringify(root)});
      const { answer } = await import(${JSON.stringify(pathToFileURL(path.join(root, 'dist/main.js')).href)});
      console.log(ok, output, answer);
    `;

    const starts = Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '-e', source]),
    );

    for (const { stdout } of await Promise.all(starts)) expect(stdout).toBe('true  42\n');
    expect(built()).toEqual(['.fingerprint', 'answer.js', 'main.js']);
  });
});

describe('the editor of rules', () => {
  it('becomes one file beside the program, made again when it changed, gone with its source', () => {
    fs.mkdirSync(path.join(root, 'editor'));
    write('editor/words.ts', "export const words: string = 'canary';\n");
    write('editor/main.ts', "import { words } from './words.ts';\ndocument.title = words;\n");
    expect(buildIfStale(root)).toEqual({ ok: true, output: '' });
    const file = path.join(root, 'dist/public/editor.js');
    expect(fs.readFileSync(file, 'utf8')).toMatch(/MIT[\s\S]*canary/);

    write('editor/words.ts', "export const words: string = 'other words';\n");
    buildIfStale(root);
    expect(fs.readFileSync(file, 'utf8')).toContain('other words');

    fs.rmSync(path.join(root, 'editor'), { recursive: true });
    buildIfStale(root);
    expect(fs.existsSync(file)).toBe(false);
  });

  it('tells its mistake', () => {
    fs.mkdirSync(path.join(root, 'editor'));
    write('editor/main.ts', "import './nowhere.ts';\n");
    const { ok, output } = buildIfStale(root);
    expect(ok).toBe(false);
    expect(output).toContain('nowhere.ts');
  });

  it('of ours weighs less than half of what a page may', () => {
    const { ok, output } = bundleEditor(fileURLToPath(new URL('../..', import.meta.url)), root);
    expect([ok, output]).toEqual([true, '']);
    const bundle = fs.readFileSync(path.join(root, 'public/editor.js'));
    expect(brotliCompressSync(bundle).length).toBeLessThan(110_000);
    expect(bundle.toString()).not.toMatch(/\beval\(|new Function\(/);
  });
});
