/**
 * What Roomkey serves, as a file declares it. Its keys are a promise.
 *
 * Nothing is filled in here: an absent key of an issuer means the default, of a user or group that
 * nothing is said about it.
 *
 * @module
 */
import { z } from 'zod';
import type { Branding } from '../branding.ts';
import { ALGORITHMS, RSA_BITS } from '../issuer.ts';
import { USER_ROLES } from '../permissions.ts';
import { slugSchema } from '../slug.ts';
import type { SignInSetting } from '../sign-in-setting.ts';
import { clientEntrySchema } from './client-schema.ts';
import { type UpstreamEntry, upstreamEntrySchema } from './upstream-schema.ts';
import {
  attributes,
  email,
  line,
  name,
  oneOf,
  passwordHash,
  rule,
  rules,
  serverUrl,
  whole,
  yesOrNo,
} from './values.ts';

export const groupEntrySchema = z.object({ name });

export const userEntrySchema = z.object({
  username: name,
  /** Read only when the user is created. */
  password: z.string({ error: 'must be text; put it in quotes' }).optional(),
  passwordHash: passwordHash.optional(),
  displayName: line(200).optional(),
  /** `null` takes it away, here and below. */
  email: email.nullable().optional(),
  avatarUrl: serverAddress().nullable().optional(),
  language: line(35).nullable().optional(),
  groups: z.array(line(200), { error: 'must be a list of group names' }).optional(),
  attributes: attributes.optional(),
  /** `true` is short for `role: administrator`, `false` for no role. */
  admin: yesOrNo.optional(),
  role: oneOf(USER_ROLES).nullable().optional(),
  disabled: yesOrNo.optional(),
});

const roomRules = {
  moderatorRule: rule.optional(),
  features: rules.optional(),
  lobby: z
    .object({ bypass: rule.optional() }, { error: 'must be a map such as { bypass: … }' })
    .optional(),
};

export const roomEntrySchema = z.object({
  match: line(200),
  useRule: rule.optional(),
  ...roomRules,
});

export const issuerEntrySchema = z.object({
  slug: z.string({ error: 'must be text; put it in quotes' }).pipe(slugSchema),
  name: line(200).optional(),
  serverUrl: serverUrl.optional(),
  iss: line(1000).optional(),
  appId: line(200).optional(),
  sub: line(253).optional(),
  xmppDomain: line(253).optional(),
  algorithm: oneOf(ALGORITHMS).optional(),
  secret: z.string({ error: 'must be text; put it in quotes' }).optional(),
  /** Relative to the file it stands in. */
  secretFile: line(4000).optional(),
  /** The secret may be shorter than its hash: it is a bridge's, and Prosody knows it already. */
  carriedOverSecret: yesOrNo.optional(),
  rsaBits: oneOf(RSA_BITS).optional(),
  keyRotationDays: whole(1, 3650).optional(),
  tokenTtlSeconds: whole(10, 86_400).optional(),
  nbfSkewSeconds: whole(0, 3600).optional(),
  delivery: oneOf(['query', 'fragment']).optional(),
  skipPrejoin: yesOrNo.optional(),
  anyRoom: yesOrNo.optional(),
  useRule: rule,
  ...roomRules,
  mapping: z
    .object(
      {
        id: rule.optional(),
        name: rule.optional(),
        email: rule.optional(),
        avatar: rule.optional(),
      },
      { error: 'must be a map of id, name, email and avatar' },
    )
    .optional(),
  extraClaims: rules.optional(),
  group: rule.optional(),
  rooms: z.array(roomEntrySchema, { error: 'must be a list of room policies' }).optional(),
  clients: z.array(clientEntrySchema, { error: 'must be a list of clients' }).optional(),
});

/** Section → the schema of one of its entries. */
export const SECTIONS = {
  groups: groupEntrySchema,
  users: userEntrySchema,
  issuers: issuerEntrySchema,
  upstreams: upstreamEntrySchema,
} as const;
export type Section = keyof typeof SECTIONS;

export type GroupEntry = z.output<typeof groupEntrySchema>;
export type UserEntry = z.output<typeof userEntrySchema>;
export type RoomEntry = z.output<typeof roomEntrySchema>;
export type IssuerEntry = z.output<typeof issuerEntrySchema>;

/** An entry, and where it stands in its section. */
export interface Placed<Entry> {
  readonly index: number;
  readonly entry: Entry;
}

/** An absent section is one the file says nothing about. */
export interface ConfigFile {
  readonly branding?: Branding;
  readonly signIn?: SignInSetting;
  readonly groups?: readonly Placed<GroupEntry>[];
  readonly users?: readonly Placed<UserEntry>[];
  readonly issuers?: readonly Placed<IssuerEntry>[];
  readonly upstreams?: readonly Placed<UpstreamEntry>[];
}

function serverAddress() {
  return line(2000).refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), {
    error: 'must be a web address',
  });
}
