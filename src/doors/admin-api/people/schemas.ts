/**
 * People as machines see them.
 *
 * @module
 */
import { z } from 'zod';
import { USER_ROLES } from '../../../domain/permissions.ts';
import { newUserSchema } from '../../../domain/user-fields.ts';
import { representUser } from '../../../domain/user-representation.ts';
import type { Ownership } from '../../../operations/upstreams/ownership.ts';
import type { ListedUser } from '../../../stores/user-search.ts';

export const instant = z.iso.datetime();
export const total = z.object({ count: z.int(), more: z.boolean() }).meta({
  description: 'How many there are on all pages; `more` when counting stopped before the end.',
});

export const userSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  language: z.string().nullable(),
  avatarUrl: z.string().nullable(),
  groups: z.array(z.string()),
  attributes: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
  ),
  role: z.enum(USER_ROLES).nullable(),
  disabled: z.boolean(),
  source: z.string().meta({ description: '`local`, or the slug of the upstream.' }),
  hasPassword: z.boolean(),
  createdAt: instant,
  lastSignInAt: instant.nullable(),
});

/** One person, with who else knows them. */
export const oneUserSchema = userSchema.extend({
  identities: z
    .array(
      z.object({
        upstream: z.string().meta({ description: 'Slug.' }),
        subject: z.string(),
        linked: z.boolean().meta({ description: 'To an account that was there before.' }),
        createdAt: instant,
        lastSeenAt: instant,
        missingSince: instant.nullable(),
      }),
    )
    .meta({ description: 'Under what names upstreams know this user, oldest first.' }),
  owned: z.record(z.string(), z.string()).meta({
    description:
      'What an upstream writes at each sign-in and nobody changes here: `email`, `attributes.site`, `groups.staff`, `password` → slug of the upstream.',
  }),
});

export function presentIdentity({ upstream, identity }: Ownership) {
  const { subject, linked, createdAt, lastSeenAt, missingSince = null } = identity;
  return { upstream: upstream.slug, subject, linked, createdAt, lastSeenAt, missingSince };
}

/** What PUT takes: what is left out is as it would be of somebody new. */
export const userBody = newUserSchema.omit({ username: true }).extend({
  username: newUserSchema.shape.username.optional(),
  email: newUserSchema.shape.email.nullable(),
  language: newUserSchema.shape.language.nullable(),
  avatarUrl: newUserSchema.shape.avatarUrl.nullable(),
  role: newUserSchema.shape.role.nullable(),
});

export const nameParams = z.object({ name: z.string().max(400) });
export const userParams = z.object({ username: z.string().max(400) });

export function presentUser({ user, facts }: ListedUser) {
  return {
    id: user.id,
    ...representUser(user),
    source: user.source,
    hasPassword: facts.hasPassword,
    createdAt: user.createdAt,
    lastSignInAt: facts.lastSignInAt ?? null,
  };
}
