/**
 * The values that may stand in the configuration file, with messages for the one who wrote them.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import { z } from 'zod';
import { isPasswordHash } from '../password-hash.ts';

/**
 * Not part of a line: controls, line ends, what turns the direction of the text around it, and what
 * nobody sees, by which one name could look like another. Joiners stay: some scripts need them.
 */
const UNFIT =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\u00AD\u180E\u200B\u2060-\u2064\uFEFF]/u;
const ALL_UNFIT = new RegExp(UNFIT, 'gu');

/** Text of others made one line, at most so many characters long; `''` when nothing is left. */
export function cleanLine(text: string, longest: number): string {
  const clean = text.replaceAll(/\s+/gu, ' ').replaceAll(ALL_UNFIT, '').trim();
  let end = '';
  for (const character of clean) {
    if (end.length + character.length > longest) break;
    end += character;
  }
  return end.trim();
}

/** One line of text. */
export function line(longest: number) {
  return z
    .string({ error: faultText('text_quoted') })
    .refine((value) => value.trim() !== '', { error: faultText('empty') })
    .refine((value) => value === value.trim(), { error: faultText('outer_space') })
    .refine((value) => !UNFIT.test(value), { error: faultText('one_line') })
    .refine((value) => value.length <= longest, {
      error: faultText('too_long', { max: longest }),
    });
}

/** A name that stands in addresses: no client sends `.` or `..` as it is, however it is encoded. */
export const name = line(200).refine((value) => !/^\.{1,2}$/.test(value), {
  error: faultText('only_dots'),
});

export const yesOrNo = z.boolean({ error: faultText('yes_no') });

export function whole(from: number, to: number) {
  const error = faultText('whole', { from, to });
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}

export function oneOf<const Word extends string | number>(words: readonly Word[]) {
  const schema = z.literal(words, { error: faultText('one_of', { words: words.join(', ') }) });
  return schema;
}

/** YAML reads a lone 1, 0 or true as no text: as rules they mean what they mean everywhere. */
export const rule = z
  .union([z.string(), z.literal([0, 1]), z.boolean()], { error: faultText('rule_text') })
  .transform(String)
  .refine((value) => value.trim() !== '', { error: faultText('empty') });

/** `{ name: rule }`; an empty one is none. */
export const rules = z
  .record(z.string(), rule, { error: faultText('rules_map') })
  .transform((entries) => (Object.keys(entries).length > 0 ? entries : undefined));

const WEB_ADDRESS = faultText('web_address');

/** Origin and path of a server, with a slash at its end. */
export const serverUrl = z.string({ error: WEB_ADDRESS }).transform((value, context) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    context.addIssue(WEB_ADDRESS);
    return z.NEVER;
  }
  return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
});

export const email = line(254).regex(/^[^\s@]+@[^\s@]+$/, { error: faultText('email') });

/** Shape and cost only: the hash is never computed here. */
export const passwordHash = z.string({ error: faultText('text') }).refine(isPasswordHash, {
  error: faultText('password_hash'),
});

export const attributeValue = z.union(
  [line(4000), z.number(), z.boolean(), z.array(line(1000)).max(1000)],
  { error: faultText('attribute_value') },
);
/** A name no object has by itself. */
export const attributeName = line(100).refine((value) => !(value in {}), {
  error: (issue) => faultText('attribute_name', { name: String(issue.input) }),
});
export const attributes = z.record(line(100), attributeValue, {
  error: faultText('attributes_map'),
});
