/**
 * The form of a person, for somebody new and somebody known.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type AnyDomainError, isDomainError } from '../../../domain/errors.ts';
import { loginKey, type User } from '../../../domain/user.ts';
import { representUser } from '../../../domain/user-representation.ts';
import { authorOf } from '../../../http/actor.ts';
import { STATUS } from '../../../http/errors.ts';
import { etagOf, expecting } from '../../../http/etag.ts';
import { LANGUAGES } from '../../../http/messages.ts';
import type { PeoplePages, UserFault, UserField } from '../../../http/page-contexts/people.ts';
import { parse } from '../../../http/parse.ts';
import { seeOther } from '../../../http/see-other.ts';
import { createUser } from '../../../operations/create-user.ts';
import { updateUser } from '../../../operations/people/update-user.ts';
import { ownershipsOf, showOwnership } from '../../../operations/upstreams/ownership.ts';
import { param } from '../route.ts';
import {
  attributeFields,
  attributeRows,
  attributesOf,
  readAttributeRows,
} from './attribute-rows.ts';
import type { PeopleDeps } from './deps.ts';
import { findUser } from './find-user.ts';
import { groupNames } from './users.ts';

type UserForm = PeoplePages['admin-user-form'];

const text = z.string().max(20_000).default('');
const body = z.strictObject({
  username: text,
  displayName: text,
  email: text,
  language: text,
  avatarUrl: text,
  /** One a line. */
  groups: text,
  etag: text,
  ...attributeFields,
});
type Fields = z.output<typeof body>;

/** `GET /admin/users/new` */
export function showNewUser(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const values = { ...EMPTY, groups: String(ctx.query.group ?? '') };
    await show(ctx, deps, { ...BLANK, values, attributes: attributeRows({}) });
  };
}

/** `POST /admin/users/new` */
export function submitNewUser(deps: PeopleDeps & Parameters<typeof createUser>[0]): Middleware {
  return async (ctx) => {
    const fields = parse(body, await deps.forms.read(ctx), 'body');
    await orAskAgain(ctx, deps, { fields, id: undefined, title: '' }, async () => {
      const { email, language, avatarUrl, displayName, ...known } = toInput(fields);
      const user = await createUser(deps, {
        user: {
          ...known,
          ...(displayName === '' ? {} : { displayName }),
          ...(email === null ? {} : { email }),
          ...(language === null ? {} : { language }),
          ...(avatarUrl === null ? {} : { avatarUrl }),
        },
        password: undefined,
        ...authorOf(ctx),
      });
      seeOther(ctx, `/admin/users/${user.id}?done=created`);
    });
  };
}

/** `GET /admin/users/{id}/edit` */
export function showUserForm(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const user = await findUser(deps, param(ctx, 'id'));
    await show(ctx, deps, {
      ...BLANK,
      id: user.id,
      title: user.username,
      values: valuesOf(user),
      attributes: attributeRows(user.attributes),
      etag: etagOf(representUser(user)),
      owned: showOwnership(await ownershipsOf(deps.stores, user), user),
    });
  };
}

/** `POST /admin/users/{id}/edit` */
export function submitUserForm(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const user = await findUser(deps, param(ctx, 'id'));
    const fields = parse(body, await deps.forms.read(ctx), 'body');
    const { id, username: title } = user;
    await orAskAgain(ctx, deps, { fields, id, title }, async () => {
      const { displayName, avatarUrl, ...changes } = toInput(fields);
      await updateUser(deps, {
        who: { id },
        changes: {
          ...changes,
          displayName: displayName || fields.username,
          // One of ours stays as it is, on plain http, too.
          ...(avatarUrl === user.avatarUrl ? {} : { avatarUrl }),
        },
        expected: expecting(fields.etag, representUser),
        ...authorOf(ctx),
      });
      seeOther(ctx, `/admin/users/${id}?done=saved`);
    });
  };
}

const EMPTY = {
  username: '',
  displayName: '',
  email: '',
  language: '',
  avatarUrl: '',
  groups: '',
};
const NOTHING_OWNED = { fields: {}, groups: {}, attributes: {} };
const BLANK = {
  id: undefined,
  title: '',
  faults: {},
  wrong: [],
  etag: '',
  owned: NOTHING_OWNED,
};

function valuesOf(user: User): UserForm['values'] {
  const { username, displayName, email, language, avatarUrl, groups } = user;
  return {
    username,
    displayName,
    email: email ?? '',
    language: language ?? '',
    avatarUrl: avatarUrl ?? '',
    groups: groups.join('\n'),
  };
}

function toInput(fields: Fields) {
  const none = (typed: string) => (typed.trim() === '' ? null : typed.trim());
  return {
    username: fields.username,
    displayName: fields.displayName.trim(),
    email: none(fields.email),
    language: none(fields.language),
    avatarUrl: none(fields.avatarUrl),
    groups: linesOf(fields.groups),
    attributes: attributesOf(readAttributeRows(fields)),
  };
}

function linesOf(typed: string): string[] {
  const lines = typed.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** What was typed stays; what was wrong stands beside its field. */
async function orAskAgain(
  ctx: Context,
  deps: PeopleDeps,
  form: { readonly fields: Fields; readonly id: string | undefined; readonly title: string },
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const told = faultsOf(error, form.fields);
    if (!told) throw error;
    const { etag, ...typed } = form.fields;
    ctx.status = STATUS[error.code];
    const user = form.id === undefined ? undefined : await findUser(deps, form.id);
    await show(ctx, deps, {
      ...form,
      ...told,
      owned: user ? showOwnership(await ownershipsOf(deps.stores, user), user) : NOTHING_OWNED,
      etag,
      values: { ...EMPTY, ...pick(typed) },
      attributes: readAttributeRows(form.fields),
    });
  }
}

function pick(typed: Omit<Fields, 'etag'>): typeof EMPTY {
  const { username, displayName, email, language, avatarUrl, groups } = typed;
  return { username, displayName, email, language, avatarUrl, groups };
}

const FAULTS: Readonly<Record<UserField, UserFault>> = {
  username: 'line',
  displayName: 'line',
  email: 'email',
  language: 'language',
  avatarUrl: 'avatar',
  groups: 'groups',
  attributes: 'attributes',
};

function faultsOf(
  error: AnyDomainError,
  fields: Fields,
): Pick<UserForm, 'faults' | 'wrong'> | undefined {
  if (error.code === 'login_name_taken') {
    const isEmail = loginKey(error.details.name) === loginKey(fields.email);
    return { faults: { [isEmail ? 'email' : 'username']: 'taken' }, wrong: [] };
  }
  if (error.code !== 'input_invalid') return undefined;
  const found: Partial<Record<UserField, UserFault>> = {};
  for (const { path } of error.details.issues) {
    const [name = ''] = path.split('.');
    if (isField(name)) found[name] ??= FAULTS[name];
  }
  if (fields.username.trim() === '') found.username = 'missing';
  const wrong = error.details.issues
    .filter(({ path }) => /^(groups|attributes)\b/.test(path))
    .map(({ path, message }) => `${path.replace(/^groups\.\d+$/, '')} ${message}`.trim());
  return { faults: found, wrong };
}

function isField(name: string): name is UserField {
  return Object.hasOwn(FAULTS, name);
}

async function show(
  ctx: Context,
  { pages, stores }: PeopleDeps,
  form: Omit<UserForm, 'groups' | 'languages'>,
): Promise<void> {
  const { id, title, values, attributes, faults, wrong, etag, owned } = form;
  pages.show(ctx, 'admin-user-form', {
    id,
    title,
    values,
    attributes,
    faults,
    wrong,
    etag,
    owned,
    groups: await groupNames(stores),
    languages: Object.keys(LANGUAGES),
  });
}
