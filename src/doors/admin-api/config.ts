import { z } from 'zod';
import { exportReadable } from '../../operations/export-readable.ts';
import type { Stores } from '../../stores/index.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export interface ConfigApiDeps {
  readonly stores: Pick<Stores, 'transaction'>;
}

const entries = z.array(z.looseObject({})).optional();

export function configApi({ stores }: ConfigApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/config',
      permission: 'settings:read',
      summary: 'The configuration, without secrets: the sections that the key may read',
      answers: {
        200: z.object({
          branding: z.looseObject({}).optional(),
          signIn: z.looseObject({}).optional(),
          groups: entries,
          users: entries,
          issuers: entries,
          upstreams: entries,
        }),
      },
      async handle({ caller }) {
        return { status: 200, body: await exportReadable(stores, caller.permissions) };
      },
    }),
  ];
}
