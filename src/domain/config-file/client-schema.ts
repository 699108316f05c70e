/**
 * A client as a file declares it. What is left out has the default of its kind.
 *
 * @module
 */
import { z } from 'zod';
import {
  CLIENT_AUTHS,
  CLIENT_KINDS,
  CLIENT_SCOPES,
  CLIENT_TOKEN_TTL_MAX_SECONDS,
} from '../client.ts';
import { faultText } from '../faults.ts';
import { line, oneOf, whole, yesOrNo } from './values.ts';

const addresses = z.array(line(2000), { error: faultText('addresses_list') }).max(50, {
  error: faultText('addresses_many', { max: 50 }),
});

export const clientEntrySchema = z.object({
  // A lone dot would be a step in an address.
  clientId: line(100).regex(/^(?!\.{1,2}$)[\w.~-]+$/, {
    error: faultText('client_id'),
  }),
  kind: oneOf(CLIENT_KINDS),
  name: line(200).optional(),
  redirectUris: addresses.min(1, { error: faultText('addresses_empty') }),
  postLogoutRedirectUris: addresses.optional(),
  webOrigins: addresses.optional(),
  auth: oneOf(CLIENT_AUTHS).optional(),
  secret: z
    .string({ error: faultText('text_quoted') })
    .regex(/^[\x21-\x7E]*$/, { error: 'must be of printable ASCII characters, without a space' })
    .max(1000, { error: faultText('too_long', { max: 1000 }) })
    .optional(),
  /** Relative to the file it stands in. */
  secretFile: line(4000).optional(),
  jwks: z
    .object(
      {
        keys: z
          .array(z.record(z.string(), z.unknown()), { error: faultText('jwks_keys') })
          .min(1, { error: faultText('jwks_empty') })
          .max(20, { error: faultText('jwks_many', { max: 20 }) }),
      },
      { error: faultText('jwks') },
    )
    .optional(),
  scopes: z.array(oneOf(CLIENT_SCOPES), { error: faultText('scopes_list') }).optional(),
  firstParty: yesOrNo.optional(),
  audience: line(200).optional(),
  anyRoom: yesOrNo.optional(),
  tokenTtlSeconds: whole(10, CLIENT_TOKEN_TTL_MAX_SECONDS).optional(),
  refreshTtlSeconds: whole(60, 30 * 86_400).optional(),
  backchannelLogoutUri: line(2000).optional(),
});

export type ClientEntry = z.output<typeof clientEntrySchema>;
