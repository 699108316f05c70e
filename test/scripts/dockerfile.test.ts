import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isSent, parseDockerfile } from '../../scripts/dockerfile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');

describe('parseDockerfile', () => {
  it('reads stages, flags and the two ways to write arguments', () => {
    const stages = parseDockerfile(
      'FROM a AS one\nRUN npm ci\n\n# words\nFROM b\nCOPY --from=one --chown=x:y /a /b\nCMD ["serve"]',
    );
    expect(stages).toEqual([
      {
        image: 'a',
        name: 'one',
        steps: [{ instruction: 'RUN', flags: {}, words: ['npm', 'ci'], text: 'npm ci' }],
      },
      {
        image: 'b',
        name: '',
        steps: [
          {
            instruction: 'COPY',
            flags: { from: 'one', chown: 'x:y' },
            words: ['/a', '/b'],
            text: '/a /b',
          },
          { instruction: 'CMD', flags: {}, words: ['serve'], text: '["serve"]' },
        ],
      },
    ]);
  });

  it.each([
    ['an instruction the replay does not know', 'FROM a\nADD x y'],
    ['a line that goes on', 'FROM a\nRUN x \\\n  y'],
    ['a step before the first stage', 'RUN x'],
    ['no instruction at all', 'FROM a\nhello'],
  ])('refuses %s', (_, source) => {
    expect(() => parseDockerfile(source)).toThrow(/Dockerfile:\d/);
  });
});

describe('isSent', () => {
  it('lets through what is named, and what lies below it', () => {
    expect(isSent('*\n!src', 'src')).toBe(true);
    expect(isSent('*\n!src', 'src/main.ts')).toBe(true);
    expect(isSent('*\n!src', 'test')).toBe(false);
  });

  it.each(['src', '*\nsrc', '*\n!src/*.ts'])('refuses patterns it cannot judge: %j', (text) => {
    expect(() => isSent(text, 'src')).toThrow('not understood');
  });
});

describe('our image', () => {
  const stages = parseDockerfile(read('Dockerfile'));
  const steps = stages.flatMap((stage) => stage.steps);

  it('is built on one base in every stage', () => {
    const bases = new Set(stages.map((stage) => stage.image));
    expect([...bases]).toEqual([expect.stringMatching(/^node:\d+-bookworm-slim$/)]);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const copied = steps
      .filter((step) => step.instruction === 'COPY' && !step.flags['from'])
      .flatMap((step) => step.words.slice(0, -1));
    expect(copied.filter((name) => !fs.existsSync(path.join(root, name)))).toEqual([]);
    expect(copied.filter((name) => !isSent(read('.dockerignore'), name))).toEqual([]);
  });

  it('copies every folder the program reads when it runs', () => {
    const folders = ['bin', 'migrations', 'views', 'public', 'locales', 'config'].filter(
      (name) =>
        fs.existsSync(path.join(root, name)) && fs.readdirSync(path.join(root, name)).length,
    );
    const last = stages.at(-1)?.steps.filter((step) => step.instruction === 'COPY') ?? [];
    const copied = last.flatMap((step) => step.words.slice(0, -1));
    expect(folders.filter((name) => !copied.includes(name))).toEqual([]);
  });

  it('runs nothing on an absolute path, which the replay could not keep in its folder', () => {
    const lines = steps.filter((step) => step.instruction === 'RUN').map((step) => step.text);
    expect(lines.filter((line) => /(?:^|[\s='"])[/~]/.test(line))).toEqual([]);
  });
});
