/**
 * What forms and commands may say of a person.
 *
 * @module
 */
import { faultText } from './faults.ts';
import { z } from 'zod';
import { attributes, email, line, name } from './config-file/values.ts';
import { DomainError } from './errors.ts';
import { USER_ROLES } from './permissions.ts';

const AVATAR = faultText('avatar');

/** Other people's browsers load it: no scheme but https, and no name and password in it. */
export const avatarUrl = line(500).refine(
  (value) => {
    const url = URL.parse(value);
    return url?.protocol === 'https:' && !url.username && !url.password;
  },
  { error: AVATAR },
);
const language = line(35).regex(/^[a-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, {
  error: faultText('language'),
});

/** Nobody means the spaces around what they typed or pasted. */
const typed = (longest: number) => z.string().trim().pipe(line(longest));
const typedName = z.string().trim().pipe(name);

/** Absent: as it was. `null`: none. */
export const profileSchema = z.strictObject({
  displayName: typed(200).optional(),
  language: language.nullable().optional(),
  avatarUrl: avatarUrl.nullable().optional(),
});
export type ProfileInput = z.input<typeof profileSchema>;

export const newUserSchema = z.strictObject({
  username: typedName,
  /** Default: the username. */
  displayName: typed(200).optional(),
  email: z.string().trim().pipe(email).optional(),
  language: language.optional(),
  avatarUrl: avatarUrl.optional(),
  attributes: attributes.default({}),
  /** Names. */
  groups: z.array(line(200)).max(1000).default([]),
  role: z.enum(USER_ROLES, { error: faultText('role') }).optional(),
  disabled: z.boolean().default(false),
});
export type NewUserInput = z.input<typeof newUserSchema>;

/** What administrators change. Absent: as it was. `null`: none. Lists and maps are replaced whole. */
export const userChangeSchema = z.strictObject({
  username: typedName.optional(),
  displayName: typed(200).optional(),
  email: z.string().trim().pipe(email).nullable().optional(),
  language: language.nullable().optional(),
  avatarUrl: avatarUrl.nullable().optional(),
  attributes: attributes.optional(),
  /** Names. */
  groups: z.array(line(200)).max(1000).optional(),
  role: z
    .enum(USER_ROLES, { error: faultText('role') })
    .nullable()
    .optional(),
  disabled: z.boolean().optional(),
});
export type UserChangeInput = z.input<typeof userChangeSchema>;

export const groupNameSchema = typedName;

/** @throws {DomainError} `input_invalid`. */
export function checkFields<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new DomainError('input_invalid', {
    issues: result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
}
