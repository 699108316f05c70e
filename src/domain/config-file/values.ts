/**
 * The values that may stand in the configuration file, with messages for the one who wrote them.
 *
 * @module
 */
import { z } from 'zod';
import { isPasswordHash } from '../password-hash.ts';

/**
 * Not part of a line: controls, line ends, what turns the direction of the text around it, and what
 * nobody sees, by which one name could look like another. Joiners stay: some scripts need them.
 */
const UNFIT =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\u00AD\u180E\u200B\u2060-\u2064\uFEFF]/u;

/** One line of text. */
export function line(longest: number) {
  return z
    .string({ error: 'must be text; put it in quotes' })
    .refine((value) => value.trim() !== '', { error: 'must not be empty' })
    .refine((value) => value === value.trim(), { error: 'must not begin or end with a space' })
    .refine((value) => !UNFIT.test(value), { error: 'must be one line of text' })
    .refine((value) => value.length <= longest, {
      error: `must not be longer than ${longest} characters`,
    });
}

export const yesOrNo = z.boolean({ error: 'must be true or false' });

export function whole(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}

export function oneOf<const Word extends string | number>(words: readonly Word[]) {
  const schema = z.literal(words, { error: `must be one of ${words.join(', ')}` });
  return schema;
}

/** YAML reads a lone 1, 0 or true as no text: as rules they mean what they mean everywhere. */
export const rule = z
  .union([z.string(), z.literal([0, 1]), z.boolean()], { error: 'must be a rule, as text' })
  .transform(String)
  .refine((value) => value.trim() !== '', { error: 'must not be empty' });

/** `{ name: rule }`; an empty one is none. */
export const rules = z
  .record(z.string(), rule, { error: 'must be a map of names to rules' })
  .transform((entries) => (Object.keys(entries).length > 0 ? entries : undefined));

const WEB_ADDRESS = 'must be an address such as https://meet.example.org/';

/** Origin and path of a server, with a slash at its end. */
export const serverUrl = z.string({ error: WEB_ADDRESS }).transform((value, context) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    context.addIssue(WEB_ADDRESS);
    return z.NEVER;
  }
  return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
});

export const email = line(254).regex(/^[^\s@]+@[^\s@]+$/, { error: 'must be an e-mail address' });

/** Shape and cost only: the hash is never computed here. */
export const passwordHash = z.string({ error: 'must be text' }).refine(isPasswordHash, {
  error:
    'must be an argon2id hash in PHC form, of a cost a server can bear: $argon2id$v=19$m=…,t=…,p=…$salt$hash',
});

const attributeValue = z.union(
  [line(4000), z.number(), z.boolean(), z.array(line(1000)).max(1000)],
  { error: 'must be text, a number, true, false, or a list of texts' },
);
export const attributes = z.record(line(100), attributeValue, {
  error: 'must be a map of names to values',
});
