import { z } from 'zod';
import { ALGORITHMS, type Issuer } from '../../domain/issuer.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export interface IssuersApiDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
}

const issuerSchema = z.object({
  slug: z.string(),
  name: z.string(),
  serverUrl: z.string().nullable(),
  iss: z.string(),
  appId: z.string(),
  algorithm: z.enum(ALGORITHMS),
});

export function issuerApi({ catalog }: IssuersApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/issuers',
      permission: 'issuers:read',
      summary: 'All issuers',
      answers: { 200: z.object({ items: z.array(issuerSchema) }) },
      async handle() {
        const issuers = [...catalog.current().bySlug.values()];
        return { status: 200, body: { items: issuers.map(({ issuer }) => present(issuer)) } };
      },
    }),
  ];
}

function present({ slug, name, serverUrl, iss, appId, algorithm }: Issuer) {
  return { slug, name, serverUrl: serverUrl ?? null, iss, appId, algorithm };
}
