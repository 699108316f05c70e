/**
 * The bin: what was removed, for a week.
 *
 * @module
 */
import type { Middleware } from 'koa';
import { z } from 'zod';
import { authorOf } from '../../../http/actor.ts';
import { listFrame, listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { parse } from '../../../http/parse.ts';
import { readQuery } from '../../../http/query.ts';
import { seeOther } from '../../../http/see-other.ts';
import {
  BIN_PERMISSIONS,
  conflictsOf,
  emptyBin,
  kindsFor,
  removeFromBin,
  restoreFromBin,
} from '../../../operations/bin.ts';
import { BIN_SORTS } from '../../../stores/bin.ts';
import { param } from '../route.ts';
import type { PeopleDeps } from './deps.ts';
import { readBy } from './read-by.ts';

const query = listQuery.extend({
  sort: z.enum(BIN_SORTS).default('removed'),
  done: z.string().optional(),
});
const nothing = z.strictObject({});

/** `GET /admin/bin` */
export function showBin(deps: PeopleDeps): Middleware {
  const { stores, clock, pages } = deps;
  return async (ctx) => {
    const { q, after, sort } = readQuery(ctx, query);
    const { permissions } = authorOf(ctx);
    const now = clock.now();
    const kinds = kindsFor(permissions);
    const found = await stores.bin.list({ kinds, now, q, sort, after, limit: PAGE_SIZE });
    const items = [];
    for (const item of found.items) {
      const { id, kind, name, removedAt, removedByName, expiresAt } = item;
      const conflicts = await conflictsOf(stores, item);
      items.push({
        id,
        kind,
        name,
        removedAt,
        removedBy: removedByName,
        expiresAt,
        mayWrite: permissions.includes(BIN_PERMISSIONS[kind]),
        conflicts,
      });
    }
    pages.show(ctx, 'admin-bin', {
      list: listFrame(ctx, { q, ...found }),
      sort,
      items,
      now,
      mayEmpty: items.some(({ mayWrite }) => mayWrite),
      machine: readBy(deps, '/api/v1/bin', { bin: items }),
    });
  };
}

/** `POST /admin/bin/{id}/restore` */
export function submitRestore(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    await restoreFromBin(deps, { id: param(ctx, 'id'), ...authorOf(ctx) });
    seeOther(ctx, '/admin/bin?done=restored');
  };
}

/** `POST /admin/bin/{id}/remove` */
export function submitRemoveItem(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    await removeFromBin(deps, { id: param(ctx, 'id'), ...authorOf(ctx) });
    seeOther(ctx, '/admin/bin?done=removed');
  };
}

/** `POST /admin/bin/empty` */
export function submitEmpty(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    await emptyBin(deps, authorOf(ctx));
    seeOther(ctx, '/admin/bin?done=emptied');
  };
}
