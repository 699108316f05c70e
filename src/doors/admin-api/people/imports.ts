/**
 * Lists of people as files, for machines.
 *
 * @module
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  IMPORT_MAX_BYTES,
  IMPORT_STATES,
  ROW_CODES,
  ROW_OUTCOMES,
  type UserImport,
} from '../../../domain/user-import.ts';
import { listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { exportUsers } from '../../../operations/people/export-users.ts';
import { removeImport } from '../../../operations/people/import/remove-import.ts';
import {
  beginImport,
  findImport,
  type ImportDeps,
  startImport,
} from '../../../operations/people/import/import-users.ts';
import type { Stores } from '../../../stores/index.ts';
import {
  type SendAgainDeps,
  sendFailedLinks,
  UNSENT,
} from '../../../operations/people/import/send-links.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { instant } from './schemas.ts';
import { usersQuery } from './users.ts';

export interface ImportsApiDeps extends ImportDeps, Omit<SendAgainDeps, 'stores'> {
  readonly stores: ImportDeps['stores'] & Pick<Stores, 'auditEvents' | 'users'>;
}

const options = {
  existing: z.enum(['change', 'leave']).default('change'),
  groups: z.enum(['make', 'refuse']).default('refuse'),
  links: z.enum(['mail', 'none']).default('none'),
};
const count = z.int().optional();
const importSchema = z.object({
  id: z.uuid(),
  fileName: z.string(),
  state: z.enum(IMPORT_STATES),
  existing: z.enum(['change', 'leave']),
  groups: z.enum(['make', 'refuse']),
  links: z.enum(['mail', 'none']),
  total: z.int(),
  processed: z.int(),
  counts: z.object({ created: count, changed: count, same: count, error: count }),
  createdAt: instant,
  createdBy: z.string(),
  finishedAt: instant.nullable(),
  expiresAt: instant,
});
const rowSchema = z.object({
  line: z.int(),
  username: z.string(),
  outcome: z.enum(ROW_OUTCOMES).nullable(),
  code: z.enum(ROW_CODES).nullable(),
  detail: z.string().nullable(),
  userId: z.uuid().nullable(),
});
const params = z.object({ id: z.uuid() });
const PATH = '/api/v1/imports/:id';
/** JSON writes a line end as two characters. */
const BODY_MAX_BYTES = 2 * IMPORT_MAX_BYTES;

export function importsApi(deps: ImportsApiDeps): readonly ApiRoute[] {
  const { stores } = deps;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/exports/users',
      permission: 'users:read',
      summary: 'Users as CSV that can be imported again, with the filters of the list',
      query: usersQuery.omit({ after: true }),
      answers: { 200: z.string().meta({ description: 'CSV with a heading row' }) },
      files: ['text/csv'],
      async handle({ query, actor }) {
        const lines = exportUsers(deps, { query, actor });
        const headers = { 'Content-Type': 'text/csv; charset=utf-8' };
        return { status: 200, stream: Readable.from(lines), headers };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/imports',
      permission: 'users:write',
      summary: 'Imports of the last seven days, latest first',
      query: listQuery.omit({ q: true }).strict(),
      answers: { 200: z.object({ items: z.array(importSchema), next: z.string().nullable() }) },
      async handle({ query: { after } }) {
        const { items, next } = await stores.imports.list({ after, limit: PAGE_SIZE });
        return { status: 200, body: { items: items.map(present), next: next ?? null } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/imports',
      permission: 'users:write',
      summary: 'Read a CSV file and try its rows; nothing is written before it is started',
      body: z.strictObject({
        csv: z.string().min(1),
        fileName: z.string().max(200).default('api.csv'),
        ...options,
      }),
      bodyLimitBytes: BODY_MAX_BYTES,
      answers: { 202: importSchema },
      errors: ['import_unreadable'],
      async handle({ body: { csv, fileName, ...chosen }, actor, caller: { permissions } }) {
        const input = { fileName, bytes: Buffer.from(csv), options: chosen, actor, permissions };
        const one = await beginImport(deps, input);
        return {
          status: 202,
          body: present(one),
          headers: { Location: `/api/v1/imports/${one.id}` },
        };
      },
    }),
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'users:write',
      summary: 'How far an import is',
      params,
      answers: { 200: importSchema },
      errors: ['import_not_found'],
      async handle({ params: { id } }) {
        return { status: 200, body: present(await findImport(deps, id)) };
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${PATH}/rows`,
      permission: 'users:write',
      summary: 'What each row would do, or did',
      params,
      query: listQuery
        .omit({ q: true })
        .strict()
        .extend({
          outcome: z.enum(ROW_OUTCOMES).optional(),
        }),
      answers: { 200: z.object({ items: z.array(rowSchema), next: z.string().nullable() }) },
      errors: ['import_not_found'],
      async handle({ params: { id }, query: { after, outcome } }) {
        await findImport(deps, id);
        const found = await stores.imports.rows({ id, after, outcome, limit: PAGE_SIZE });
        const items = found.items.map((row) => ({
          line: row.line,
          username: row.username,
          outcome: row.outcome ?? null,
          code: row.code ?? null,
          detail: row.detail ?? null,
          userId: row.userId ?? null,
        }));
        return { status: 200, body: { items, next: found.next ?? null } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${PATH}/start`,
      permission: 'users:write',
      summary: 'Do what was tried; rows with an error are left out',
      params,
      answers: { 202: importSchema },
      errors: ['import_not_found', 'import_not_ready'],
      async handle({ params: { id }, actor, caller: { permissions } }) {
        await startImport(deps, { id, actor, permissions });
        return { status: 202, body: present(await findImport(deps, id)) };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${PATH}/mails`,
      permission: 'users:write',
      summary: 'Send the links that could not be sent once more, a hundred at a time',
      params,
      answers: {
        200: z.object({
          sent: z.int(),
          unsent: z
            .int()
            .meta({ description: 'Left: those that failed again, and what came after.' }),
        }),
      },
      errors: ['import_not_found', 'import_not_ready'],
      async handle({ params: { id }, actor, caller: { permissions } }) {
        const sent = await sendFailedLinks(deps, { id, actor, permissions });
        const unsent = await stores.imports.countRows(id, UNSENT);
        return { status: 200, body: { sent, unsent } };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: PATH,
      permission: 'users:write',
      summary: 'Forget an import and its results; users stay',
      params,
      answers: { 204: null },
      errors: ['import_not_found'],
      async handle({ params: { id }, actor }) {
        await removeImport(deps, { id, actor });
        return { status: 204 };
      },
    }),
  ];
}

function present(one: UserImport) {
  const { id, fileName, state, total, processed, counts, createdAt, expiresAt } = one;
  const { existing, groups, links } = one.options;
  return {
    id,
    fileName,
    state,
    existing,
    groups,
    links,
    total,
    processed,
    counts,
    createdAt,
    createdBy: one.actor.actorName,
    finishedAt: one.finishedAt ?? null,
    expiresAt,
  };
}
