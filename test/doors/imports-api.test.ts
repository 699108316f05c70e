import { expect, it } from 'vitest';
import { workOnImports } from '../../src/operations/people/import/import-users.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();

it('imports by machine: read, looked at, started, done', async () => {
  const root = await app.addUser({ username: 'root', role: 'administrator' });
  const key = await app.apiKey(['users:read', 'users:write'], root);
  const call = (method: string, path: string, body?: object) =>
    app.api(method, `/api/v1${path}`, { key, ...(body ? { body } : {}) });

  const unreadable = await call('POST', '/imports', { csv: 'username,password\na,b\n' });
  expect([unreadable.status, unreadable.json.error]).toMatchObject([
    400,
    { code: 'import_unreadable' },
  ]);

  const csv = 'username,groups\nada,crew\nroot,crew\n';
  const begun = await call('POST', '/imports', { csv, groups: 'make' });
  expect(begun.json).toMatchObject({ state: 'checking', total: 2, createdBy: 'api:test' });
  const path = begun.headers.get('Location')?.replace('/api/v1', '') ?? '';
  expect((await call('POST', `${path}/start`)).json.error.code).toBe('import_not_ready');
  await workOnImports(app.context);
  expect((await call('GET', path)).json.counts).toEqual({ created: 1, error: 1 });
  expect((await call('GET', `${path}/rows?outcome=error`)).json.items).toMatchObject([
    { line: 3, username: 'root', code: 'rights_too_high' },
  ]);
  expect((await call('POST', `${path}/start`)).status).toBe(202);
  await workOnImports(app.context);
  expect((await call('GET', path)).json).toMatchObject({ state: 'done', processed: 2 });
  expect((await call('GET', '/users/ada')).json.groups).toEqual(['crew']);

  const list = await call('GET', '/exports/users?group=crew');
  expect(list.text.split('\r\n')).toHaveLength(3);
  expect((await call('DELETE', path)).status).toBe(204);
  expect((await call('GET', path)).status).toBe(404);
});
