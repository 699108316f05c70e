/** What an upstream owns of people is seen on every way to them, and changed on none. */
import { beforeAll, expect, it } from 'vitest';
import { admit } from '../../src/operations/upstreams/admit.ts';
import { workOnImports } from '../../src/operations/people/import/import-users.ts';
import { anOidcUpstream, NOW } from '../factories.ts';
import { testApp } from '../support/app.ts';
import { saying, word } from '../support/upstreams.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let key: string;
let graceId: string;
const GRACE = '/api/v1/users/grace';

beforeAll(async () => {
  const upstream = anOidcUpstream({
    mapping: { avatar: 'claims.picture' },
    groups: 'claims.groups',
    attributes: { site: 'claims.site' },
  });
  await app.stores.upstreams.add(upstream, { secret: 'x', privateKey: undefined }, NOW);
  const claims = {
    email: 'grace@example.com',
    groups: ['staff'],
    site: 'Bern',
    picture: 'https://x.example/grace',
  };
  graceId = (await admit(app.context, word(upstream, saying(claims)))).user.id;
  const root = await app.addUser({ username: 'root', role: 'administrator' });
  await app.givePassword(root);
  key = await app.apiKey(['users:read', 'users:write'], root);
});

const asTheyWere = async () =>
  expect(await app.stores.users.findById(graceId)).toMatchObject({
    username: 'grace',
    displayName: 'Grace Hopper',
    email: 'grace@example.com',
    avatarUrl: 'https://x.example/grace',
    attributes: { site: 'Bern' },
    groups: ['staff'],
  });

it('by the API', async () => {
  const { json } = await app.api('GET', GRACE, { key });
  expect(json.owned).toEqual(
    Object.fromEntries(
      [
        'username',
        'displayName',
        'email',
        'avatarUrl',
        'password',
        'groups.staff',
        'attributes.site',
      ].map((path) => [path, 'company']),
    ),
  );
  const { groups, attributes, displayName, email, avatarUrl } = json;
  const same = { groups, attributes, displayName, email, avatarUrl };
  expect((await app.api('PUT', GRACE, { key, body: same })).status).toBe(200);
  const attempts: [string, string, object?][] = [
    ['PATCH', GRACE, { username: 'x' }],
    ['PATCH', GRACE, { displayName: 'X' }],
    ['PATCH', GRACE, { email: 'x@example.com' }],
    ['PATCH', GRACE, { avatarUrl: null }],
    ['PATCH', GRACE, { attributes: { site: 'Rome' } }],
    ['PATCH', GRACE, { groups: [] }],
    ['PUT', GRACE, { ...same, groups: [] }],
    ['PUT', GRACE, {}],
    ['DELETE', '/api/v1/groups/staff/members/grace'],
    ['POST', `${GRACE}/password-link`, {}],
  ];
  for (const [method, path, body] of attempts) {
    const answer = await app.api(method, path, { key, ...(body ? { body } : {}) });
    expect([method, body, answer.status, answer.json?.error?.code]).toEqual([
      method,
      body,
      409,
      'field_owned_by_upstream',
    ]);
  }
  await asTheyWere();
});

it('by a list that is read in', async () => {
  const csv = 'username,displayName,email,groups\ngrace,X,x@example.com,\n';
  const begun = await app.api('POST', '/api/v1/imports', { key, body: { csv } });
  const path = begun.headers.get('Location') ?? '';
  await workOnImports(app.context);
  const rows = await app.api('GET', `${path}/rows`, { key });
  expect(rows.json.items).toMatchObject([{ outcome: 'error', code: 'not_local' }]);
  await app.api('POST', `${path}/start`, { key });
  await workOnImports(app.context);
  await asTheyWere();
});

it('by the pages of the administration', async () => {
  const root = app.visitor();
  await root.signIn('root', PASSWORD);
  const page = `/admin/users/${graceId}/edit`;
  const { text } = await root.get(page);
  for (const field of ['username', 'displayName', 'email', 'avatarUrl'])
    expect(text).toMatch(new RegExp(`id="${field}"[^>]* readonly="readonly"`));
  const kept = {
    username: 'grace',
    displayName: 'Grace Hopper',
    email: 'grace@example.com',
    language: '',
    avatarUrl: 'https://x.example/grace',
    groups: 'staff',
  };
  const etag = /name="etag" value="([^"]*)"/.exec(text)?.[1]?.replaceAll('&quot;', '"') ?? '';
  const attributes = {
    'attribute.0.name': 'site',
    'attribute.0.type': 'text',
    'attribute.0.value': 'Bern',
  };
  const save = async (changed: Record<string, string>) =>
    (await root.submit(page, { ...kept, ...attributes, etag, ...changed }, { page })).status;
  expect(await save({})).toBe(303);
  const attempts = [
    { email: 'x@example.com' },
    { groups: '' },
    { avatarUrl: '' },
    { 'attribute.0.value': 'Rome' },
  ];
  for (const changed of attempts) expect([changed, await save(changed)]).toEqual([changed, 409]);
  await asTheyWere();
});
