import { z } from 'zod';
import {
  CLIENT_AUTHS,
  CLIENT_KINDS,
  CLIENT_SCOPES,
  type Client,
  FORMER_SECRET_SECONDS,
  MAX_OVERLAP_SECONDS,
} from '../../../domain/client.ts';
import { representClient } from '../../../domain/client-view.ts';
import { clientEntrySchema } from '../../../domain/config-file/client-schema.ts';
import { etagOf } from '../../../http/etag.ts';
import type { ListedClient } from '../../../stores/clients.ts';
import { total } from '../people/schemas.ts';
import { instant, issuerParams } from './schemas.ts';

export const nothing = z.strictObject({});
export const clientParams = issuerParams.extend({ clientId: z.string().max(100) });

const {
  clientId: _id,
  secret: _secret,
  secretFile: _file,
  kind,
  redirectUris,
  ...optional
} = clientEntrySchema.shape;

/** Absent or `null` is the default. */
export const clientPutBody = z.strictObject({
  clientId: z.string().optional(),
  kind,
  redirectUris,
  ...Object.fromEntries(
    Object.entries(optional).map(([name, schema]) => [name, (schema as z.ZodType).nullish()]),
  ),
});

export const rotationBody = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(MAX_OVERLAP_SECONDS)
    .default(FORMER_SECRET_SECONDS)
    .meta({ description: 'How long the secret there is stays good; 0 ends it at once.' }),
});

const addresses = z.array(z.string());

export const clientSchema = z.object({
  clientId: z.string(),
  kind: z.enum(CLIENT_KINDS),
  name: z.string(),
  auth: z.enum(CLIENT_AUTHS),
  redirectUris: addresses,
  postLogoutRedirectUris: addresses,
  webOrigins: addresses
    .nullable()
    .meta({ description: '`null`: the origins of the redirect addresses.' }),
  scopes: z.array(z.enum(CLIENT_SCOPES)),
  firstParty: z.boolean(),
  audience: z.string().nullable(),
  anyRoom: z.boolean(),
  tokenTtlSeconds: z.int().nullable(),
  refreshTtlSeconds: z.int().nullable(),
  jwks: z.looseObject({}).nullable(),
  backchannelLogoutUri: z.string().nullable(),
  status: z
    .object({
      secretChangedAt: instant.nullable(),
      formerSecretEndsAt: instant.nullable().meta({
        description: 'Until then the secret before is good, too.',
      }),
    })
    .meta({ description: 'Not to be sent back.' }),
});

export const savedClientSchema = clientSchema.extend({
  secret: z.string().nullable().meta({
    description: 'One that was made just now: 256 bits, told this once. Else `null`.',
  }),
});

export const clientListSchema = z.object({
  items: z.array(clientSchema),
  next: z.string().nullable(),
  total,
});

export function presentClient({ client, standing }: ListedClient) {
  return {
    ...representClient(client),
    status: {
      secretChangedAt: standing.secretChangedAt ?? null,
      formerSecretEndsAt: standing.formerSecretEndsAt ?? null,
    },
  };
}

export function clientTag(client: Client): Readonly<Record<string, string>> {
  return { ETag: etagOf(representClient(client)) };
}
