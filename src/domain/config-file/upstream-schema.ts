/**
 * An upstream as a file declares it. Keys of the other type are told of by `checkUpstreamEntry`.
 *
 * @module
 */
import { z } from 'zod';
import { faultText } from '../faults.ts';
import { OIDC_QUIRKS } from '../upstreams/quirks.ts';
import {
  BRIDGE_CALLBACKS,
  DIRECTORIES,
  OIDC_PROMPTS,
  UPSTREAM_AUTHS,
  UPSTREAM_TYPES,
} from '../upstreams/upstream.ts';
import { upstreamSlugSchema } from '../slug.ts';
import { line, oneOf, rule, rules, whole, yesOrNo } from './values.ts';

const text = z.string({ error: faultText('text_quoted') });
const words = z.array(line(200), { error: faultText('list_of_text') }).max(50, {
  error: faultText('list_too_long', { max: 50 }),
});
const pem = text.max(100_000, { error: faultText('too_long', { max: 100_000 }) });
const address = line(2000);

/** Of both types. */
const common = {
  slug: text.pipe(upstreamSlugSchema),
  type: oneOf(UPSTREAM_TYPES),
  name: line(200).optional(),
  disabled: yesOrNo.optional(),
  emailDomains: words.optional(),
  createRule: rule.optional(),
  trusted: yesOrNo.optional(),
  mapping: z
    .object(
      {
        username: rule.optional(),
        displayName: rule.optional(),
        email: rule.optional(),
        avatar: rule.optional(),
      },
      { error: faultText('upstream_mapping_map') },
    )
    .optional(),
  attributes: rules.optional(),
  groups: rule.optional(),
  avatars: oneOf(['link', 'store']).optional(),
};

const oidc = {
  issuerUrl: address.optional(),
  endpoints: z
    .object(
      {
        authorization: address,
        token: address,
        jwks: address,
        userinfo: address.optional(),
        endSession: address.optional(),
      },
      { error: faultText('endpoints_map') },
    )
    .optional(),
  clientId: line(1000).optional(),
  auth: oneOf(UPSTREAM_AUTHS).optional(),
  clientSecret: text.max(4000, { error: faultText('too_long', { max: 4000 }) }).optional(),
  /** Relative to the file it stands in, as all of them. */
  clientSecretFile: line(4000).optional(),
  privateKey: pem.optional(),
  privateKeyFile: line(4000).optional(),
  scopes: words.optional(),
  acrValues: words.optional(),
  prompt: oneOf(OIDC_PROMPTS).optional(),
  audiences: words.optional(),
  quirks: z.array(oneOf(OIDC_QUIRKS), { error: faultText('list_of_text') }).optional(),
  signOut: yesOrNo.optional(),
  callback: oneOf(BRIDGE_CALLBACKS).optional(),
};

const ldap = {
  directory: oneOf(DIRECTORIES).optional(),
  urls: words.optional(),
  security: oneOf(['starttls', 'none']).optional(),
  ca: pem.optional(),
  caFile: line(4000).optional(),
  bindDn: line(2000).optional(),
  bindPassword: text.max(4000, { error: faultText('too_long', { max: 4000 }) }).optional(),
  bindPasswordFile: line(4000).optional(),
  baseDn: line(2000).optional(),
  userFilter: line(2000).optional(),
  peopleFilter: line(2000).optional(),
  subjectAttribute: line(100).optional(),
  groupBaseDn: line(2000).optional(),
  groupFilter: line(2000).optional(),
  groupNameAttribute: line(100).optional(),
  nestedGroups: yesOrNo.optional(),
  pictureAttribute: line(100).optional(),
  timeoutSeconds: whole(1, 60).optional(),
  pageSize: whole(1, 10_000).optional(),
  syncMinutes: whole(5, 10_080).optional(),
};

export const upstreamEntrySchema = z.object({ ...common, ...oidc, ...ldap });
export type UpstreamEntry = z.output<typeof upstreamEntrySchema>;

type OwnKey = keyof typeof oidc | keyof typeof ldap;

/** Keys that mean something for one type alone. */
export const KEYS_OF_TYPE: Readonly<Record<'oidc' | 'ldap', readonly OwnKey[]>> = {
  oidc: Object.keys(oidc) as (keyof typeof oidc)[],
  ldap: Object.keys(ldap) as (keyof typeof ldap)[],
};
