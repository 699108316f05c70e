/**
 * All wording, from the catalogues in `views/locales/`: a folder for each language, in it a file for
 * each area; flat keys, ICU MessageFormat.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';

/** Complete catalogues, the first of which serves everybody else. Names in their own language. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export const DEFAULT_LANGUAGE: Language = 'en';

export type MessageValue = string | number | Date;
export type MessageValues = Readonly<Record<string, MessageValue>>;

/** A piece of a message: the catalogue's own words, or a value that was put into them. */
export interface MessagePart {
  readonly text: string;
  readonly kind: 'words' | 'value';
}

/** One language's wording. */
export interface Wording {
  readonly language: Language;
  /** @throws {Error} for a key or value that is missing. */
  readonly text: (key: string, values?: MessageValues) => string;
  /** The same in pieces, so that a page can set the values off. */
  readonly parts: (
    key: string,
    values: Readonly<Record<string, string | number>>,
  ) => readonly MessagePart[];
  /** Date and time, UTC: a server does not know its reader's time zone. */
  readonly dateTime: (at: Date) => string;
  /** "3 minutes ago", as seen from `now`. */
  readonly ago: (at: Date, now: Date) => string;
  /** "30 days", "12 seconds"; rounded up, so that who waits that long has waited enough. */
  readonly duration: (seconds: number) => string;
}

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value);
}

/** Reads the catalogues once; messages are compiled when first used. */
export function loadMessages(folder: string): (language: Language) => Wording {
  const wordings = {
    en: createWording('en', readCatalogue(folder, 'en')),
    de: createWording('de', readCatalogue(folder, 'de')),
  } satisfies Record<Language, Wording>;
  return (language) => wordings[language];
}

/** @throws {Error} for a key that stands in two files. */
function readCatalogue(folder: string, language: Language): ReadonlyMap<string, string> {
  const messages = new Map<string, string>();
  for (const file of readdirSync(path.join(folder, language))) {
    const text = readFileSync(path.join(folder, language, file), 'utf8');
    for (const [key, message] of Object.entries(JSON.parse(text) as Record<string, string>)) {
      if (messages.has(key)) throw new Error(`${key} is said twice in ${language}`);
      messages.set(key, message);
    }
  }
  return messages;
}

function createWording(language: Language, catalogue: ReadonlyMap<string, string>): Wording {
  const compiled = new Map<string, IntlMessageFormat>();
  const dates = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

  const find = (key: string): IntlMessageFormat => {
    const known = compiled.get(key);
    if (known) return known;
    const source = catalogue.get(key);
    if (source === undefined) throw new Error(`no message ${key} in ${language}`);
    const message = new IntlMessageFormat(source, language, undefined, { ignoreTag: true });
    compiled.set(key, message);
    return message;
  };

  return {
    language,
    text: (key, values) => String(find(key).format(values)),
    parts(key, values) {
      // As objects the values stay pieces of their own; as strings they would melt in.
      const held = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          { text: String(value), kind: 'value' as const },
        ]),
      );
      return find(key)
        .formatToParts<MessagePart>(held)
        .map(({ value }) => (typeof value === 'object' ? value : { text: value, kind: 'words' }));
    },
    dateTime: (at) => `${dates.format(at)} UTC`,
    ago(at, now) {
      const [count, unit] = inLargestUnit((at.getTime() - now.getTime()) / 1000);
      return relative.format(count, unit);
    },
    duration(seconds) {
      const [count, unit] = inLargestUnit(seconds, Math.ceil);
      return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(
        count,
      );
    },
  };
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

function inLargestUnit(
  seconds: number,
  round = Math.trunc,
): [number, 'day' | 'hour' | 'minute' | 'second'] {
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return [round(seconds / size), unit];
  return [round(seconds), 'second'];
}
