/**
 * Lists of people as files: export, and the import in three steps: choose, look, do.
 *
 * @module
 */
import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { isDomainError } from '../../../domain/errors.ts';
import {
  cellFaults,
  IMPORT_MAX_BYTES,
  ROW_OUTCOMES,
  type UserImport,
} from '../../../domain/user-import.ts';
import { actorOf, authorOf } from '../../../http/actor.ts';
import { STATUS } from '../../../http/errors.ts';
import { hrefWith, listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import type { PeoplePages } from '../../../http/page-contexts/people.ts';
import { parse } from '../../../http/parse.ts';
import { readQuery } from '../../../http/query.ts';
import { seeOther } from '../../../http/see-other.ts';
import { exportUsers } from '../../../operations/people/export-users.ts';
import { removeImport } from '../../../operations/people/import/remove-import.ts';
import {
  beginImport,
  findImport,
  startImport,
} from '../../../operations/people/import/import-users.ts';
import {
  listLinks,
  sendFailedLinks,
  UNSENT,
} from '../../../operations/people/import/send-links.ts';
import { param } from '../route.ts';
import type { PeopleDeps } from './deps.ts';
import { readBy } from './read-by.ts';
import { toUserQuery, usersQuery } from './users.ts';

type Problem = PeoplePages['admin-imports']['problem'];

/** `GET /admin/users/export.csv`, with the filters of the list. */
export function sendUsers(deps: PeopleDeps): Middleware {
  return (ctx) => {
    const { after: _after, ...query } = toUserQuery(readQuery(ctx, usersQuery));
    const lines = exportUsers(deps, { query, actor: actorOf(ctx) });
    const day = deps.clock.now().toISOString().slice(0, 10);
    ctx.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="roomkey-users-${day}.csv"`,
    });
    ctx.body = Readable.from(lines);
  };
}

const pageQuery = z.object({ after: listQuery.shape.after, done: z.string().optional() });

/** `GET /admin/imports`: the form, and what was imported lately. */
export function showImports(deps: PeopleDeps): Middleware {
  return (ctx) => show(ctx, deps, undefined);
}

const options = z.strictObject({
  existing: z.enum(['change', 'leave']).default('change'),
  groups: z.enum(['make', 'refuse']).default('refuse'),
  links: z.enum(['mail', 'none']).default('none'),
});
/** The other parts of the form. */
const OVERHEAD_BYTES = 64 * 1024;

/** `POST /admin/imports`: reads the file, and lays it down to be tried. */
export function submitImport(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const upload = await deps.forms.readUpload(ctx, IMPORT_MAX_BYTES + OVERHEAD_BYTES);
    const chosen = parse(options, upload.fields, 'body');
    const { name, bytes } = upload.file ?? { name: '', bytes: Buffer.alloc(0) };
    try {
      const input = { fileName: name, bytes, options: chosen, ...authorOf(ctx) };
      const { id } = await beginImport(deps, input);
      seeOther(ctx, `/admin/imports/${id}`);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'import_unreadable') throw error;
      ctx.status = STATUS[error.code];
      await show(ctx, deps, error.details);
    }
  };
}

async function show(ctx: Context, deps: PeopleDeps, problem: Problem) {
  const { stores, clock, pages } = deps;
  const { after } = problem ? { after: undefined } : readQuery(ctx, pageQuery);
  const { items, next } = await stores.imports.list({ after, limit: PAGE_SIZE });
  const imports = items.map(({ id, fileName, state, total, createdAt, actor }) => {
    return { id, fileName, state, total, createdAt, by: actor.actorName };
  });
  pages.show(ctx, 'admin-imports', {
    problem,
    mayMail: deps.sendLink !== undefined,
    machine: readBy(deps, '/api/v1/imports', { imports }),
    imports,
    nextHref: next === undefined ? undefined : hrefWith(ctx, { after: next }),
    now: clock.now(),
  });
}

const rowsQuery = pageQuery.extend({
  outcome: z.union([z.literal(''), z.enum(ROW_OUTCOMES), z.literal('mail_failed')]).default(''),
});

/** `GET /admin/imports/{id}?outcome=`: what each row does; asks again by itself while at work. */
export function showImport(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { stores, pages } = deps;
    const one = await findImport(deps, param(ctx, 'id'));
    const { outcome, after } = readQuery(ctx, rowsQuery);
    const { id } = one;
    const filter =
      outcome === 'mail_failed' ? { codes: UNSENT } : { outcome: outcome || undefined };
    const query = { id, after, limit: PAGE_SIZE, ...filter };
    const { items, next } = await stores.imports.rows(query);
    if (one.state === 'checking' || one.state === 'running') ctx.set('Refresh', '2');
    pages.show(ctx, 'admin-import', {
      ...one,
      by: one.actor.actorName,
      machine: readBy(deps, `/api/v1/imports/${id}/rows`, { import: shownOf(one) }),
      unsent: one.state === 'done' ? await stores.imports.countRows(id, UNSENT) : 0,
      mayMail: deps.sendLink !== undefined,
      outcome,
      rows: items.map(({ line, username, outcome: own, code, detail, userId }) => {
        const faults = code === 'field' ? cellFaults(detail) : [];
        return { line, username, outcome: own, code, detail, faults, userId };
      }),
      nextHref: next === undefined ? undefined : hrefWith(ctx, { after: next }),
    });
  };
}

/** What it is and how far it came; never who may what. */
function shownOf({ id, fileName, state, options: chosen, total, ...rest }: UserImport) {
  const { processed, counts, createdAt, finishedAt, expiresAt, actor } = rest;
  const progress = { total, processed, counts };
  const times = { createdAt, finishedAt, expiresAt };
  return { id, fileName, state, options: chosen, ...progress, ...times, by: actor.actorName };
}

const nothing = z.strictObject({});

/** `POST /admin/imports/{id}/start` */
export function submitStart(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    const { id } = await findImport(deps, param(ctx, 'id'));
    await startImport(deps, { id, ...authorOf(ctx) });
    seeOther(ctx, `/admin/imports/${id}`);
  };
}

/** `POST /admin/imports/{id}/links`: a list of links, for those still without a password. */
export function submitLinks(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    const { id } = await findImport(deps, param(ctx, 'id'));
    ctx.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="roomkey-links.csv"',
    });
    ctx.body = Readable.from(listLinks(deps, { id, ...authorOf(ctx) }));
  };
}

/** `POST /admin/imports/{id}/mails`: sends the links that could not be sent, again. */
export function submitMails(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    const { id } = await findImport(deps, param(ctx, 'id'));
    await sendFailedLinks(deps, { id, ...authorOf(ctx) });
    seeOther(ctx, `/admin/imports/${id}?outcome=mail_failed`);
  };
}

/** `POST /admin/imports/{id}/remove`: forgets the file and its results; people stay. */
export function submitRemoveImport(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    await removeImport(deps, { id: param(ctx, 'id'), actor: actorOf(ctx) });
    seeOther(ctx, '/admin/imports?done=removed');
  };
}
