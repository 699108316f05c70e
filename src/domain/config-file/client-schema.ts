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
import { line, oneOf, whole, yesOrNo } from './values.ts';

const addresses = z.array(line(2000), { error: 'must be a list of addresses' }).max(50, {
  error: 'must not hold more than 50 addresses',
});

export const clientEntrySchema = z.object({
  // A lone dot would be a step in an address.
  clientId: line(100).regex(/^(?!\.{1,2}$)[\w.~-]+$/, {
    error: 'must be of letters, digits and . _ ~ -',
  }),
  kind: oneOf(CLIENT_KINDS),
  name: line(200).optional(),
  redirectUris: addresses.min(1, { error: 'must hold at least one address' }),
  postLogoutRedirectUris: addresses.optional(),
  webOrigins: addresses.optional(),
  auth: oneOf(CLIENT_AUTHS).optional(),
  secret: z
    .string({ error: 'must be text; put it in quotes' })
    .regex(/^[\x21-\x7E]*$/, { error: 'must be of printable ASCII characters, without a space' })
    .max(1000, { error: 'must not be longer than 1000 characters' })
    .optional(),
  /** Relative to the file it stands in. */
  secretFile: line(4000).optional(),
  jwks: z
    .object(
      {
        keys: z
          .array(z.record(z.string(), z.unknown()), { error: 'must be a list of JSON Web Keys' })
          .min(1, { error: 'must hold at least one key' })
          .max(20, { error: 'must not hold more than 20 keys' }),
      },
      { error: 'must be a JSON Web Key Set: { keys: […] }' },
    )
    .optional(),
  scopes: z.array(oneOf(CLIENT_SCOPES), { error: 'must be a list of scopes' }).optional(),
  firstParty: yesOrNo.optional(),
  audience: line(200).optional(),
  anyRoom: yesOrNo.optional(),
  tokenTtlSeconds: whole(10, CLIENT_TOKEN_TTL_MAX_SECONDS).optional(),
  refreshTtlSeconds: whole(60, 30 * 86_400).optional(),
  backchannelLogoutUri: line(2000).optional(),
});

export type ClientEntry = z.output<typeof clientEntrySchema>;
