/**
 * The rows of people, groups and the bin in the tables of addresses.
 *
 * @module
 */
import { BY_CLI } from '../../src/operations/actor.ts';
import { createGroup, removeGroup } from '../../src/operations/people/groups.ts';
import { beginImport, workOnImports } from '../../src/operations/people/import/import-users.ts';
import { removeUser } from '../../src/operations/people/remove-user.ts';
import { anOidcUpstream, NOW } from '../factories.ts';
import type { AdminRow, Roles } from './admin-addresses.ts';
import type { ApiCall, ApiRow, App } from './api-calls.ts';

const fixed = (roles: Roles, path: string): AdminRow => ({ roles, at: () => path });
const ofUser = (roles: Roles, rest = ''): AdminRow => ({
  roles,
  at: async (app) => `/admin/users/${(await app.addUser()).id}${rest}`,
});
const ofGroup = (roles: Roles, rest = ''): AdminRow => ({
  roles,
  at: async (app) => `/admin/groups/${(await aGroup(app)).id}${rest}`,
});
const ofItem = (rest: string): AdminRow => ({
  roles: 'AM',
  at: async (app) => `/admin/bin/${await binItem(app)}${rest}`,
});

const ofImport = (rest: string): AdminRow => ({
  roles: 'AM',
  at: async (app) => `/admin/imports/${await anImport(app)}${rest}`,
});

export const PEOPLE_ADDRESSES: Readonly<Record<string, AdminRow>> = {
  'GET /admin/users': fixed('AMU', '/admin/users'),
  'POST /admin/users/bulk': { ...fixed('AM', '/admin/users/bulk'), fields: { action: 'disable' } },
  'GET /admin/users/new': fixed('AM', '/admin/users/new'),
  'POST /admin/users/new': fixed('AM', '/admin/users/new'),
  'GET /admin/users/:id': ofUser('AMU'),
  'GET /admin/users/:id/edit': ofUser('AM', '/edit'),
  'POST /admin/users/:id/edit': ofUser('AM', '/edit'),
  'POST /admin/users/:id/disable': ofUser('AM', '/disable'),
  'POST /admin/users/:id/enable': ofUser('AM', '/enable'),
  'POST /admin/users/:id/remove': ofUser('AM', '/remove'),
  'POST /admin/users/:id/sign-out': ofUser('AM', '/sign-out'),
  'POST /admin/users/:id/role': ofUser('A', '/role'),
  'POST /admin/users/:id/unlink': { ...ofUser('AM', '/unlink'), fields: { upstream: 'none' } },
  'POST /admin/users/:id/invite': ofUser('AM', '/invite'),
  'GET /admin/groups': fixed('AMU', '/admin/groups'),
  'POST /admin/groups/new': fixed('AM', '/admin/groups/new'),
  'GET /admin/groups/:id': ofGroup('AMU'),
  'POST /admin/groups/:id/rename': ofGroup('AM', '/rename'),
  'POST /admin/groups/:id/remove': ofGroup('AM', '/remove'),
  'GET /admin/users/export.csv': fixed('AMU', '/admin/users/export.csv'),
  'GET /admin/imports': fixed('AM', '/admin/imports'),
  'POST /admin/imports': fixed('AM', '/admin/imports'),
  'GET /admin/imports/:id': ofImport(''),
  'POST /admin/imports/:id/start': ofImport('/start'),
  'POST /admin/imports/:id/links': ofImport('/links'),
  'POST /admin/imports/:id/mails': ofImport('/mails'),
  'POST /admin/imports/:id/remove': ofImport('/remove'),
  'GET /admin/bin': fixed('AMU', '/admin/bin'),
  'POST /admin/bin/empty': fixed('AM', '/admin/bin/empty'),
  'POST /admin/bin/:id/restore': ofItem('/restore'),
  'POST /admin/bin/:id/remove': ofItem('/remove'),
};

const read = (path: string): ApiRow => ({ needs: 'users:read', call: () => ({ path }) });
const write = (call: (app: App) => Promise<ApiCall>): ApiRow => ({ needs: 'users:write', call });
const user = async (app: App) => `/api/v1/users/${(await app.addUser()).username}`;
const group = async (app: App) => `/api/v1/groups/${(await aGroup(app)).name}`;

export const PEOPLE_CALLS: Readonly<Record<string, ApiRow>> = {
  'GET /api/v1/users': read('/api/v1/users?q=ada&status=enabled'),
  'POST /api/v1/users': write(async (app) => ({
    path: '/api/v1/users',
    body: { username: `new-${app.random.uuid()}` },
    status: 201,
  })),
  'GET /api/v1/users/{username}': read('/api/v1/users/ada'),
  'PUT /api/v1/users/{username}': write(async (app) => ({
    path: await user(app),
    body: { displayName: 'Somebody' },
  })),
  'PATCH /api/v1/users/{username}': write(async (app) => ({
    path: await user(app),
    body: { displayName: 'Somebody' },
  })),
  'DELETE /api/v1/users/{username}': write(async (app) => ({
    path: await user(app),
    status: 204,
  })),
  'DELETE /api/v1/users/{username}/identities/{upstream}': write(async (app) => {
    const { username, id } = await app.person(`somebody-${app.random.uuid()}`);
    const upstream = anOidcUpstream({ slug: `u-${id.slice(0, 8)}` });
    await app.stores.upstreams.add(upstream, { secret: 'x', privateKey: undefined }, NOW);
    const dates = { createdAt: NOW, lastSeenAt: NOW, missingSince: undefined };
    const place = { upstreamId: upstream.id, subject: 'x', userId: id };
    await app.stores.identities.add({ ...place, ...dates, linked: true, grantedGroups: [] });
    return { path: `/api/v1/users/${username}/identities/${upstream.slug}`, status: 204 };
  }),
  'POST /api/v1/users/{username}/password-link': write(async (app) => ({
    path: `${await user(app)}/password-link`,
    body: {},
    status: 201,
  })),
  'GET /api/v1/users/{username}/sessions': read('/api/v1/users/ada/sessions'),
  'DELETE /api/v1/users/{username}/sessions': write(async (app) => ({
    path: `${await user(app)}/sessions`,
    status: 204,
  })),
  'DELETE /api/v1/users/{username}/sessions/{id}': write(async (app) => {
    const { username, id } = await app.person(`somebody-${app.random.uuid()}`);
    await app.visitor().signIn(username, 'a long enough passphrase');
    const [session] = await app.stores.sessions.listOfUser(id, app.clock.now());
    return { path: `/api/v1/users/${username}/sessions/${session?.id ?? ''}`, status: 204 };
  }),
  'POST /api/v1/users/bulk': write(async (app) => ({
    path: '/api/v1/users/bulk',
    body: { action: 'disable', ids: [(await app.addUser()).id] },
  })),
  'GET /api/v1/groups': read('/api/v1/groups?q=staff'),
  'GET /api/v1/groups/{name}': {
    needs: 'users:read',
    call: async (app) => ({ path: await group(app) }),
  },
  'PUT /api/v1/groups/{name}': write(async (app) => ({ path: await group(app), body: {} })),
  'PATCH /api/v1/groups/{name}': write(async (app) => ({
    path: await group(app),
    body: { name: `renamed-${app.random.uuid()}` },
  })),
  'DELETE /api/v1/groups/{name}': write(async (app) => ({
    path: await group(app),
    status: 204,
  })),
  'PUT /api/v1/groups/{name}/members/{username}': write(async (app) => ({
    path: `${await group(app)}/members/ada`,
    status: 204,
  })),
  'DELETE /api/v1/groups/{name}/members/{username}': write(async (app) => ({
    path: `${await group(app)}/members/ada`,
    status: 204,
  })),
  'GET /api/v1/exports/users': read('/api/v1/exports/users?q=ada'),
  'GET /api/v1/imports': write(async () => ({ path: '/api/v1/imports' })),
  'POST /api/v1/imports': write(async () => ({
    path: '/api/v1/imports',
    body: { csv: 'username\nnobody\n' },
    status: 202,
  })),
  'GET /api/v1/imports/{id}': write(async (app) => ({
    path: `/api/v1/imports/${await anImport(app)}`,
  })),
  'GET /api/v1/imports/{id}/rows': write(async (app) => ({
    path: `/api/v1/imports/${await anImport(app)}/rows?outcome=error`,
  })),
  'POST /api/v1/imports/{id}/mails': write(async (app) => {
    const id = await anImport(app);
    await app.database.knex('imports').where({ id }).update({ state: 'done' });
    return { path: `/api/v1/imports/${id}/mails` };
  }),
  'POST /api/v1/imports/{id}/start': write(async (app) => {
    const id = await anImport(app);
    await workOnImports(app.context);
    return { path: `/api/v1/imports/${id}/start`, status: 202 };
  }),
  'DELETE /api/v1/imports/{id}': write(async (app) => ({
    path: `/api/v1/imports/${await anImport(app)}`,
    status: 204,
  })),
  'GET /api/v1/bin': read('/api/v1/bin'),
  'POST /api/v1/bin/{id}/restore': write(async (app) => ({
    path: `/api/v1/bin/${await binItem(app)}/restore`,
    status: 204,
  })),
  'DELETE /api/v1/bin/{id}': write(async (app) => ({
    path: `/api/v1/bin/${await binItem(app)}`,
    status: 204,
  })),
  'DELETE /api/v1/bin': write(async () => ({ path: '/api/v1/bin' })),
};

function aGroup(app: App) {
  return createGroup(app, { ...BY_CLI, name: `group-${app.random.uuid()}` });
}

async function anImport(app: App): Promise<string> {
  const options = { existing: 'leave', groups: 'refuse', links: 'none' } as const;
  const bytes = Buffer.from(`username\nimported-${app.random.uuid()}\n`);
  return (await beginImport(app, { ...BY_CLI, fileName: 'people.csv', bytes, options })).id;
}

async function binItem(app: App): Promise<string> {
  const which = await aGroup(app);
  await removeUser(app, { ...BY_CLI, who: { id: (await app.addUser()).id } });
  return (await removeGroup(app, { ...BY_CLI, which: { id: which.id } })).id;
}
