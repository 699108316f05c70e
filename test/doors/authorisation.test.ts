/**
 * Who may do what: every address of the administration and of the API, for nobody, people without
 * a role, each role, and keys with and without the scope.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type UserRole } from '../../src/domain/permissions.ts';
import type { User } from '../../src/domain/user.ts';
import { apiRouteTable } from '../../src/doors/admin-api/routes.ts';
import { documentedPath } from '../../src/doors/admin-api/openapi.ts';
import { adminRouteTable } from '../../src/doors/admin-ui/routes.ts';
import { ADMIN_ADDRESSES, type AdminRow } from '../support/admin-addresses.ts';
import { API_CALLS } from '../support/api-calls.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const ROLES = { A: 'administrator', M: 'user_manager', U: 'auditor' } as const;
const makers = new Map<string, User>();
const visitors = new Map<string, Visitor>();

beforeAll(async () => {
  await app.addIssuer();
  await app.addUser({ username: 'ada', groups: ['staff'] });
  for (const role of ['administrator', 'user_manager', 'auditor', undefined] as const) {
    const username = role ?? 'plain';
    const user = await app.addUser({ username, role });
    await app.givePassword(user);
    const visitor = app.visitor();
    await visitor.signIn(username, PASSWORD);
    makers.set(username, user);
    visitors.set(username, visitor);
  }
});

const adminRoutes = adminRouteTable(app.context).map(({ method, path }) => `${method} ${path}`);
const apiOperations = apiRouteTable(app.context).map(
  ({ method, path }) => `${method} ${documentedPath(path)}`,
);

describe('every address of the administration', () => {
  it('has its row in test/support/admin-addresses.ts, and no other', () => {
    expect(Object.keys(ADMIN_ADDRESSES).sort()).toEqual([...adminRoutes].sort());
  });

  const rows = Object.entries(ADMIN_ADDRESSES);
  const ask = async (visitor: Visitor, key: string, row: AdminRow) => {
    const path = await row.at(app);
    if (key.startsWith('GET ')) return visitor.get(path);
    return visitor.submit(path, {}, { page: '/account' });
  };

  it.each(rows)('%s sends nobody to sign in', async (key, row) => {
    const { status, location } = await ask(app.visitor(), key, row);
    // Without a session there is no form of ours to send, either.
    if (key.startsWith('GET ')) expect(location).toMatch(/^\/login\?returnTo=/);
    else expect([303, 403]).toContain(status);
  });

  it.each(rows)('%s refuses people without a role', async (key, row) => {
    expect((await ask(visitors.get('plain')!, key, row)).status).toBe(403);
  });

  it.each(rows.filter(([key]) => key.startsWith('POST ')))(
    '%s refuses a field that its form does not have',
    async (_key, row) => {
      const fields = { ...row.fields, nobodysField: 'x' };
      const visitor = visitors.get('administrator')!;
      const answer = await visitor.submit(await row.at(app), fields, { page: '/account' });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('nobodysField');
    },
  );

  describe.each(Object.entries(ROLES))('for %s', (letter, role) => {
    it.each(rows)('%s', async (key, row) => {
      const { status } = await ask(visitors.get(role)!, key, row);
      if (!row.roles.includes(letter)) return expect(status).toBe(403);
      if (key.startsWith('GET ')) return expect(status).toBe(200);
      // An empty form may be wrong, or do its work; it is not refused for want of a right.
      expect([200, 303, 400, 404, 409]).toContain(status);
    });
  });
});

describe('every address of the API', () => {
  it('has its row in test/support/api-calls.ts, and no other', () => {
    expect(Object.keys(API_CALLS).sort()).toEqual([...apiOperations].sort());
  });

  const rows = Object.entries(API_CALLS);
  const ask = async (name: string, key: string) => {
    const row = API_CALLS[name];
    const call = await row?.call(app);
    if (!call) throw new Error('no row');
    const answer = await app.api(name.split(' ')[0] ?? '', call.path, { ...call, key });
    return { ...answer, expected: call.status ?? 200 };
  };

  it.each(rows)('%s wants its scope', async (name, { needs }) => {
    const others = PERMISSIONS.filter((one) => one !== needs);
    const { status, expected, json } = await ask(name, await app.apiKey(others));
    if (needs === undefined) return expect(status).toBe(expected);
    expect([status, json.error.code]).toEqual([403, 'permission_required']);
  });

  it.each(rows)('%s wants no more than its scope', async (name, { needs }) => {
    const key = await app.apiKey(needs === undefined ? [] : [needs]);
    const { status, expected, text } = await ask(name, key);
    expect(status, text).toBe(expected);
  });

  const ofMakers = rows.flatMap(([name, { needs }]) =>
    (['user_manager', 'auditor', 'plain'] as const).map((maker) => [name, maker, needs] as const),
  );
  it.each(ofMakers)('%s gives a key of %s what they may do', async (name, maker, needs) => {
    const key = await app.apiKey(PERMISSIONS, makers.get(maker));
    const role: UserRole | undefined = maker === 'plain' ? undefined : maker;
    const { status, expected } = await ask(name, key);
    const letter = role === 'auditor' ? 'U' : role === 'user_manager' ? 'M' : '-';
    const may = needs === undefined || MAY[needs].includes(letter);
    expect(status).toBe(may ? expected : 403);
  });

  it.each(rows)('%s takes no session for a key', async (name) => {
    const call = await API_CALLS[name]?.call(app);
    const method = name.split(' ')[0] ?? '';
    const answer = await visitors.get('administrator')!.request(call?.path ?? '', { method });
    expect(answer.status).toBe(401);
  });

  it.each(rows)('%s refuses a field it does not know', async (name) => {
    const call = await API_CALLS[name]?.call(app);
    if (!call?.body) return;
    const key = await app.apiKey(PERMISSIONS);
    for (const field of ['isAdmin', 'role2', '__proto__x', 'constructor']) {
      const body = { ...call.body, [field]: true };
      const answer = await app.api(name.split(' ')[0] ?? '', call.path, { ...call, key, body });
      expect([answer.status, answer.json.error.code]).toEqual([400, 'input_invalid']);
    }
  });
});

/** Written by hand, like the rows: who else than an administrator has the right. */
const MAY: Readonly<Record<(typeof PERMISSIONS)[number], string>> = {
  'users:read': 'MU',
  'users:write': 'M',
  'issuers:read': 'U',
  'issuers:write': '',
  'keys:write': '',
  'upstreams:read': 'U',
  'upstreams:write': '',
  'settings:read': 'U',
  'settings:write': '',
  'audit:read': 'U',
  explain: 'U',
  'roles:write': '',
  'api-keys:read': 'U',
  'api-keys:write': '',
  'tokens:mint': '',
  'tokens:stop': '',
};
