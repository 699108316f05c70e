/**
 * Groups: the list with the form of a new one, and one with what is done to it.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError, isDomainError } from '../../../domain/errors.ts';
import type { Issuer } from '../../../domain/issuer.ts';
import { isUuid } from '../../../domain/uuid.ts';
import { authorOf } from '../../../http/actor.ts';
import { asCurl } from '../../../http/as-curl.ts';
import { asYaml } from '../../../http/as-yaml.ts';
import { STATUS } from '../../../http/errors.ts';
import { etagOf, expecting } from '../../../http/etag.ts';
import { listFrame, listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import type { PeoplePages } from '../../../http/page-contexts/people.ts';
import { parse } from '../../../http/parse.ts';
import { readQuery } from '../../../http/query.ts';
import { seeOther } from '../../../http/see-other.ts';
import { may } from '../../../http/session.ts';
import { createGroup, removeGroup, renameGroup } from '../../../operations/people/groups.ts';
import { GROUP_SORTS } from '../../../stores/groups.ts';
import { param } from '../route.ts';
import type { PeopleDeps } from './deps.ts';
import { readBy } from './read-by.ts';

type NameForm = PeoplePages['admin-group']['form'];

const query = listQuery.extend({
  sort: z.enum(GROUP_SORTS).default('name'),
  done: z.string().optional(),
});
const FIRST_PAGE = { q: '', after: undefined, sort: 'name' } as const;
const nameBody = z.strictObject({
  name: z.string().max(20_000).default(''),
  etag: z.string().max(100).default(''),
});
const NO_FORM: NameForm = { name: '', fault: undefined };

/** `GET /admin/groups?q=` */
export function showGroups(deps: PeopleDeps): Middleware {
  return (ctx) => showList(ctx, deps, NO_FORM);
}

/** `POST /admin/groups/new` */
export function submitNewGroup(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { name } = parse(nameBody, await deps.forms.read(ctx), 'body');
    const again = (form: NameForm) => showList(ctx, deps, form);
    await orAskAgain(ctx, { name, again }, async () => {
      const group = await createGroup(deps, { name, ...authorOf(ctx) });
      seeOther(ctx, `/admin/groups/${group.id}?done=created`);
    });
  };
}

async function showList(ctx: Context, deps: PeopleDeps, form: NameForm) {
  const { stores, pages } = deps;
  const { q, after, sort } = form === NO_FORM ? readQuery(ctx, query) : FIRST_PAGE;
  const found = await stores.groups.search({ q, after, sort, limit: PAGE_SIZE });
  const frame = listFrame(ctx, { q, ...found });
  pages.show(ctx, 'admin-groups', {
    list: { ...frame, action: '/admin/groups' },
    sort,
    groups: found.items,
    mayWrite: may(ctx, 'users:write'),
    form,
    machine: readBy(deps, '/api/v1/groups'),
  });
}

/** `GET /admin/groups/{id}` */
export function showGroup(deps: PeopleDeps): Middleware {
  return (ctx) => showOne(ctx, deps, undefined);
}

/** `POST /admin/groups/{id}/rename` */
export function submitRename(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id } = await findGroup(deps, param(ctx, 'id'));
    const { name, etag } = parse(nameBody, await deps.forms.read(ctx), 'body');
    const again = (form: NameForm) => showOne(ctx, deps, form);
    await orAskAgain(ctx, { name, again }, async () => {
      const expected = expecting(etag, represent);
      await renameGroup(deps, { which: { id }, name, expected, ...authorOf(ctx) });
      seeOther(ctx, `/admin/groups/${id}?done=saved`);
    });
  };
}

/** `POST /admin/groups/{id}/remove` */
export function submitRemoveGroup(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id } = await findGroup(deps, param(ctx, 'id'));
    parse(z.strictObject({}), await deps.forms.read(ctx), 'body');
    await removeGroup(deps, { which: { id }, ...authorOf(ctx) });
    seeOther(ctx, '/admin/groups?done=removed');
  };
}

async function showOne(ctx: Context, deps: PeopleDeps, form: NameForm | undefined) {
  const { id, name, members, createdAt } = await findGroup(deps, param(ctx, 'id'));
  const issuers = [...deps.catalog.current().bySlug.values()].map(({ issuer }) => issuer);
  const path = `/api/v1/groups/${encodeURIComponent(name)}`;
  deps.pages.show(ctx, 'admin-group', {
    id,
    name,
    members,
    createdAt,
    issuers: issuers
      .filter((issuer) => names(issuer, name))
      .map((issuer) => ({ slug: issuer.slug, name: issuer.name })),
    mayWrite: may(ctx, 'users:write'),
    form: form ?? { name, fault: undefined },
    etag: etagOf(represent({ name })),
    machine: {
      curl: asCurl(deps.publicUrl(), { method: 'PUT', path, body: {} }),
      yaml: asYaml({ groups: [{ name }] }),
    },
  });
}

/** Whether a rule of the issuer speaks of the group, as far as its text tells. */
function names({ rooms, ...issuer }: Issuer, group: string): boolean {
  const rules = JSON.stringify([issuer, rooms]);
  const quoted = JSON.stringify(group).slice(1, -1);
  return rules.includes(`'${quoted}'`) || rules.includes(JSON.stringify(`"${group}"`).slice(1, -1));
}

function represent({ name }: { readonly name: string }) {
  return { name };
}

async function findGroup({ stores }: Pick<PeopleDeps, 'stores'>, id: string) {
  const group = isUuid(id) ? await stores.groups.findById(id) : undefined;
  if (!group) throw new DomainError('group_not_found', { name: id });
  return group;
}

async function orAskAgain(
  ctx: Context,
  { name, again }: { readonly name: string; readonly again: (form: NameForm) => Promise<void> },
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (error.code !== 'input_invalid' && error.code !== 'group_name_taken') throw error;
    ctx.status = STATUS[error.code];
    const wrong = name.trim() === '' ? 'missing' : 'line';
    await again({ name, fault: error.code === 'group_name_taken' ? 'taken' : wrong });
  }
}
