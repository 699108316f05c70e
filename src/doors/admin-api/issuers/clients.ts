import { z } from 'zod';
import { representClient } from '../../../domain/client-view.ts';
import { DomainError } from '../../../domain/errors.ts';
import { expectingIfMatch } from '../../../http/etag.ts';
import { listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { endFormerSecret, rotateClientSecret } from '../../../operations/clients/client-secrets.ts';
import { findClient } from '../../../operations/clients/find-client.ts';
import { removeClient } from '../../../operations/clients/remove-client.ts';
import { type ClientDeps, saveClient } from '../../../operations/clients/save-client.ts';
import { CLIENT_SORTS } from '../../../stores/clients.ts';
import type { Stores } from '../../../stores/index.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import {
  clientListSchema,
  clientParams,
  clientPutBody,
  clientSchema,
  clientTag,
  nothing,
  presentClient,
  rotationBody,
  savedClientSchema,
} from './client-schemas.ts';
import { inBody, issuerParams } from './schemas.ts';

export interface ClientsApiDeps extends ClientDeps {
  readonly stores: Pick<Stores, 'clients' | 'issuers' | 'transaction'>;
}

const LIST = '/api/v1/issuers/:issuer/clients';
const PATH = `${LIST}/:clientId`;
const NOT_FOUND = ['client_not_found', 'issuer_not_found'] as const;

const nameOf = ({ issuer, clientId }: z.output<typeof clientParams>) => ({
  slug: issuer,
  clientId,
});

export function clientApi(deps: ClientsApiDeps): readonly ApiRoute[] {
  const { stores } = deps;
  return [
    apiRoute({
      method: 'GET',
      path: LIST,
      permission: 'issuers:read',
      summary: 'OpenID clients of an issuer, in their order or by name, without their secrets',
      params: issuerParams,
      query: listQuery.strict().extend({ sort: z.enum(CLIENT_SORTS).default('position') }),
      answers: { 200: clientListSchema },
      errors: ['issuer_not_found'],
      async handle({ params, query }) {
        const issuer = await stores.issuers.findBySlug(params.issuer);
        if (!issuer) throw new DomainError('issuer_not_found', { slug: params.issuer });
        const where = { ...query, issuerId: issuer.id, limit: PAGE_SIZE };
        const { items, next, total } = await stores.clients.search(where);
        const body = { items: items.map(presentClient), next: next ?? null, total };
        return { status: 200, body };
      },
    }),
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'issuers:read',
      summary: 'One client, without its secret',
      params: clientParams,
      answers: { 200: clientSchema },
      errors: NOT_FOUND,
      async handle({ params }) {
        const found = await findClient(stores, nameOf(params));
        return { status: 200, body: presentClient(found), headers: clientTag(found.client) };
      },
    }),
    apiRoute({
      method: 'PUT',
      path: PATH,
      permission: 'issuers:write',
      summary: 'Make a client, or replace all that is declared of it; its secret stays',
      params: clientParams,
      body: clientPutBody,
      answers: { 200: savedClientSchema, 201: savedClientSchema },
      errors: ['changed_meanwhile', 'issuer_not_found'],
      async handle({ ctx, params, body, actor }) {
        const expected = expectingIfMatch(ctx, representClient);
        const input = { ...nameOf(params), fields: body, how: 'replace', expected, actor } as const;
        const { outcome, secret, ...found } = await inBody(saveClient(deps, input));
        return {
          status: outcome === 'created' ? 201 : 200,
          body: { ...presentClient(found), secret: secret ?? null },
          headers: { ...clientTag(found.client), 'Cache-Control': 'no-store' },
        };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: PATH,
      permission: 'issuers:write',
      summary: 'Put a client into the bin; what people allowed it ends',
      params: clientParams,
      answers: { 204: null },
      errors: ['changed_meanwhile', ...NOT_FOUND],
      async handle({ ctx, params, actor }) {
        const expected = expectingIfMatch(ctx, representClient);
        await removeClient(deps, { ...nameOf(params), expected, actor });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${PATH}/secret`,
      permission: 'keys:write',
      summary: 'Make another secret, told once; the one before is good for a while yet',
      params: clientParams,
      body: rotationBody,
      answers: { 200: savedClientSchema },
      errors: ['client_without_secret', ...NOT_FOUND],
      async handle({ params, body: { overlapSeconds }, actor }) {
        const input = { ...nameOf(params), overlapSeconds, actor };
        const { secret, ...found } = await rotateClientSecret(deps, input);
        const body = { ...presentClient(found), secret };
        return { status: 200, body, headers: { 'Cache-Control': 'no-store' } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${PATH}/secret/end-former`,
      permission: 'keys:write',
      summary: 'End the secret before the one there is, at once',
      params: clientParams,
      body: nothing,
      answers: { 200: clientSchema },
      errors: NOT_FOUND,
      async handle({ params, actor }) {
        const found = await endFormerSecret(deps, { ...nameOf(params), actor });
        return { status: 200, body: presentClient(found) };
      },
    }),
  ];
}
