import { z } from 'zod';
import { BIN_KINDS } from '../../../domain/bin.ts';
import type { Clock } from '../../../domain/clock.ts';
import { listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { emptyBin, kindsFor, removeFromBin, restoreFromBin } from '../../../operations/bin.ts';
import { BIN_SORTS } from '../../../stores/bin.ts';
import type { Stores } from '../../../stores/index.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { instant } from './schemas.ts';

export interface BinApiDeps {
  readonly stores: Pick<Stores, 'bin' | 'transaction'>;
  readonly clock: Clock;
}

const itemSchema = z.object({
  id: z.uuid(),
  kind: z.enum(BIN_KINDS),
  objectId: z.string(),
  name: z.string(),
  removedAt: instant,
  removedBy: z.string(),
  expiresAt: instant,
});
const params = z.object({ id: z.uuid() });

export function binApi(deps: BinApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/bin',
      permission: 'users:read',
      summary: 'What was removed in the last seven days, latest first or by name',
      query: listQuery.strict().extend({ sort: z.enum(BIN_SORTS).default('removed') }),
      answers: { 200: z.object({ items: z.array(itemSchema), next: z.string().nullable() }) },
      async handle({ query, caller }) {
        const found = await deps.stores.bin.list({
          kinds: kindsFor(caller.permissions),
          now: deps.clock.now(),
          ...query,
          limit: PAGE_SIZE,
        });
        const items = found.items.map(({ removedByName, removedById: _id, ...item }) => ({
          ...item,
          removedBy: removedByName,
        }));
        return { status: 200, body: { items, next: found.next ?? null } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/bin/:id/restore',
      permission: 'users:write',
      summary: 'Put it back as it was',
      params,
      answers: { 204: null },
      errors: ['bin_item_not_found', 'restore_conflict', 'restore_homeless', 'rights_too_high'],
      async handle({ params: { id }, actor, caller: { permissions } }) {
        await restoreFromBin(deps, { id, actor, permissions });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/v1/bin/:id',
      permission: 'users:write',
      summary: 'Remove it for good',
      params,
      answers: { 204: null },
      errors: ['bin_item_not_found', 'rights_too_high'],
      async handle({ params: { id }, actor, caller: { permissions } }) {
        await removeFromBin(deps, { id, actor, permissions });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/v1/bin',
      permission: 'users:write',
      summary: 'Empty the bin, as far as the key goes',
      answers: { 200: z.object({ removed: z.int() }) },
      async handle({ actor, caller: { permissions } }) {
        return { status: 200, body: { removed: await emptyBin(deps, { actor, permissions }) } };
      },
    }),
  ];
}
