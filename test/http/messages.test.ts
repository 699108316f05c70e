import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/domain/fault-texts.ts';
import { STATUS } from '../../src/http/errors.ts';
import { faultWords } from '../../src/http/fault-words.ts';
import { LANGUAGES, type Language, loadMessages } from '../../src/http/messages.ts';

const root = path.join(import.meta.dirname, '../..');
const locales = path.join(root, 'views/locales');
const wordings = loadMessages(locales);

/** The files of a language, and the keys of each. */
function filesOf(language: Language): [string, Record<string, string>][] {
  const folder = path.join(locales, language);
  return readdirSync(folder)
    .sort()
    .map((file) => [file, JSON.parse(readFileSync(path.join(folder, file), 'utf8'))]);
}

function catalogue(language: Language): Record<string, string> {
  return Object.assign({}, ...filesOf(language).map(([, messages]) => messages));
}

function read(folder: string, ending: string): string {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'))
    .join('\n');
}

/** Names of what a message wants put in, each once. */
function placeholders(message: string): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as { type?: number; value?: unknown };
    if (node.type !== undefined && node.type > 0 && typeof node.value === 'string')
      found.add(node.value);
    Object.values(value).forEach(walk);
  };
  walk(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst());
  return [...found].sort();
}

const en = catalogue('en');
const sources = `${read('views', '.njk')}\n${read('src', '.ts')}`;
/** `t("role." ~ role)`, `t("error." ~ code ~ ".title")`: whole families, named by a code. */
const families = [
  ...sources.matchAll(
    /\b(?:t|rich)\(\s*["']([\w.]+\.)["']\s*~\s*[\w.]+(?:\s*~\s*["']([\w.]+)["'])?/g,
  ),
].map(([, before = '', after = '']) => ({ before, after }));
const called = [
  ...sources.matchAll(
    /(?<!settings\.)\b(?:t|rich|text|parts)\(\s*["']([a-z_]+(?:\.[a-z_]+)+)["']/g,
  ),
].map(([, key = '']) => key);

describe.each(Object.keys(LANGUAGES) as Language[])('the catalogue %s', (language) => {
  const messages = catalogue(language);

  it('says everything, and nothing more', () => {
    const keysOf = (files: [string, object][]) =>
      files.map(([file, part]) => [file, Object.keys(part)]);
    expect(keysOf(filesOf(language))).toEqual(keysOf(filesOf('en')));
  });

  it('puts the same values in', () => {
    for (const [key, message] of Object.entries(messages))
      expect([key, placeholders(message)]).toEqual([key, placeholders(en[key] ?? '')]);
  });

  it('leaves nothing empty and is in order', () => {
    expect(Object.values(messages).filter((message) => message.trim() === '')).toEqual([]);
    for (const [file, part] of filesOf(language))
      expect([file, Object.keys(part)]).toEqual([file, Object.keys(part).sort()]);
  });
});

describe('the keys', () => {
  it('that templates and code use all exist', () => {
    expect(called.length).toBeGreaterThan(80);
    expect(called.filter((key) => !Object.hasOwn(en, key))).toEqual([]);
  });

  it('are all used', () => {
    const used = new Set(called);
    const isFamily = (key: string) =>
      key.startsWith('mistake.') ||
      families.some(({ before, after }) => key.startsWith(before) && key.endsWith(after));
    expect(Object.keys(en).filter((key) => !used.has(key) && !isFamily(key))).toEqual([]);
  });

  it('have a title and a next step for each error', () => {
    for (const code of [...Object.keys(STATUS), 'internal_error'])
      expect(en).toMatchObject({
        [`error.${code}.title`]: expect.any(String),
        [`error.${code}.next`]: expect.any(String),
      });
  });
});

describe('what is wrong with rules and fields', () => {
  const said = Object.entries(FAULTS).map(([key, text]) => {
    const values = [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, `<${name}>`]);
    const message = text.replaceAll(/\{(\w+)\}/g, '<$1>');
    return { key: `mistake.${key}`, message, values: Object.fromEntries(values) };
  });

  it('is said in English as programs are told it', () => {
    expect(Object.keys(en).filter((key) => key.startsWith('mistake.'))).toHaveLength(said.length);
    for (const { key, message, values } of said)
      expect(wordings('en').text(key, values)).toBe(message);
  });

  it('is said in the language of the reader', () => {
    for (const { message } of said) {
      expect(faultWords(wordings('en'), message)).toEqual({ text: message, language: 'en' });
      const { text, language } = faultWords(wordings('de'), message);
      expect([language, text]).not.toEqual(['de', message]);
      expect(language).toBe('de');
    }
    expect(faultWords(wordings('de'), 'nobody foresaw it').language).toBe('en');
  });
});

describe('a wording', () => {
  const now = new Date('2026-01-05T09:00:00Z');
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1000);

  it('knows one from many', () => {
    expect(wordings('en').duration(1)).toBe('1 second');
    expect(wordings('de').duration(30)).toBe('30 Sekunden');
  });

  it.each([
    [59.2, '60 seconds'],
    [61, '2 minutes'],
    [86_399, '24 hours'],
  ])('never says too short a wait: %d seconds', (seconds, words) => {
    expect(wordings('en').duration(seconds)).toBe(words);
  });

  it('does not hide a key or value that is missing', () => {
    expect(() => wordings('en').text('no.such.key')).toThrow('no.such.key');
    expect(() => wordings('en').text('login.limited')).toThrow();
  });

  it.each([
    [0, 'now', 'jetzt'],
    [59, '59 seconds ago', 'vor 59 Sekunden'],
    [60, '1 minute ago', 'vor 1 Minute'],
    [7200, '2 hours ago', 'vor 2 Stunden'],
    [86_400, 'yesterday', 'gestern'],
  ])('says how long ago %i seconds are', (seconds, english, german) => {
    expect(wordings('en').ago(before(seconds), now)).toBe(english);
    expect(wordings('de').ago(before(seconds), now)).toBe(german);
  });

  it('writes instants and durations as its readers do', () => {
    expect(wordings('en').dateTime(now)).toMatch(/Jan 5, 2026, 9:00\sAM UTC/);
    expect(wordings('de').dateTime(now)).toBe('05.01.2026, 09:00 UTC');
    expect(wordings('de').duration(30 * 86_400)).toBe('30 Tage');
  });
});
