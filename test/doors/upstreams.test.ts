/**
 * The pages and the API of directories, as administrators and machines use them.
 *
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { etagIn, visitorOf } from '../support/issuer-pages.ts';
import { AN_UPSTREAM } from '../support/upstream-rows.ts';
import type { Visitor } from '../support/visitor.ts';

const app = await testApp();
let root: Visitor;
let key: string;
beforeAll(async () => {
  root = await visitorOf(app, 'administrator');
  key = await app.apiKey(['upstreams:read', 'upstreams:write']);
});

const SECRET = AN_UPSTREAM.clientSecret;
const AT = '/admin/upstreams';
const API = '/api/v1/upstreams';
const OIDC_FORM = {
  type: 'oidc',
  slug: 'company',
  name: 'Company',
  issuerUrl: 'https://id.example.com',
  clientId: 'roomkey',
  auth: 'client_secret_basic',
  clientSecret: SECRET,
  scopes: 'openid\r\nprofile\r\n\r\n groups ',
  'quirk.email_verified_missing': 'yes',
  'mapping.username': 'claims.upn',
  attributes: 'department = claims.department\r\nsite=claims.site',
  groups: 'claims.groups',
};
const LDAP_FORM = {
  type: 'ldap',
  slug: 'directory',
  directory: 'active_directory',
  urls: 'ldaps://dc1.example.org\r\nldaps://dc2.example.org',
  bindDn: 'roomkey@example.org',
  bindPassword: 'the-bind-password',
  baseDn: 'dc=example,dc=org',
  nestedGroups: 'yes',
  syncMinutes: '60',
};
const stored = async (slug: string) => {
  const upstream = await app.stores.upstreams.findBySlug(slug);
  return { upstream, secrets: (await app.stores.upstreams.listSecrets()).get(upstream?.id ?? '') };
};

describe('the pages of directories', () => {
  it('connect an OpenID provider', async () => {
    const made = await root.submit(`${AT}/new`, OIDC_FORM);
    expect([made.status, made.headers.get('Location')]).toEqual([
      303,
      `${AT}/company?done=created`,
    ]);
    const { upstream, secrets } = await stored('company');
    expect(secrets?.secret).toBe(SECRET);
    expect(upstream).toMatchObject({
      scopes: ['openid', 'profile', 'groups'],
      quirks: ['email_verified_missing'],
      mapping: { username: 'claims.upn' },
      attributes: { department: 'claims.department', site: 'claims.site' },
    });
    const page = await root.get(`${AT}/company`);
    expect(page.text).toContain('/upstream/company/callback');
    for (const path of [AT, `${AT}/company`, '/admin/audit', '/admin/export'])
      expect((await root.get(path)).text).not.toContain(SECRET);
    expect(app.log()).not.toContain(SECRET);
  });

  it('connect an LDAP directory, and take what is usual where nothing is written', async () => {
    expect((await root.submit(`${AT}/new`, LDAP_FORM)).status).toBe(303);
    expect((await stored('directory')).upstream).toMatchObject({
      subjectAttribute: 'objectGUID',
      timeoutSeconds: 5,
      syncMinutes: 60,
      nestedGroups: true,
    });
    const { text } = await root.get(`${AT}/directory`);
    expect(text).toContain('sAMAccountName={login}');
    expect(text).not.toContain('the-bind-password');
  });

  it('name what is usual for Active Directory before it is connected', async () => {
    const { text } = await root.get(`${AT}/new?type=ldap&directory=active_directory`);
    expect(text).toContain('<h1>Connect Active Directory</h1>');
    expect(text).toMatch(/<option value="active_directory" selected/);
    expect(text).toContain('placeholder="objectGUID"');
    expect((await root.get(`${AT}/new?type=ldap`)).text).toContain('placeholder="entryUUID"');
  });

  it('say beside each field what is wrong with it, and keep what was typed', async () => {
    const wrong = {
      ...OIDC_FORM,
      slug: 'Other',
      issuerUrl: 'http://id.example.com',
      scopes: 'profile',
      groups: 'claims.groups ==',
      emailDomains: 'example.com\r\nnowhere',
    };
    const { status, text } = await root.submit(`${AT}/new`, wrong);
    expect(status).toBe(400);
    expect(text).toContain('value="http://id.example.com"');
    for (const name of ['slug', 'issuerUrl', 'scopes', 'groups', 'emailDomains'])
      expect(text).toContain(`id="${name}-fault"`);
    expect(text).toContain('<bdi>nowhere</bdi>:');
    expect(text).not.toContain('id="clientId-fault"');
    expect(text).not.toContain(SECRET);
  });

  it('change it, keep its secret, and refuse who saw it before somebody else', async () => {
    const etag = etagIn((await root.get(`${AT}/company`)).text);
    const change = { ...OIDC_FORM, clientSecret: '', name: 'The company', etag };
    expect((await root.submit(`${AT}/company`, change)).status).toBe(303);
    const { upstream, secrets } = await stored('company');
    expect([upstream?.name, secrets?.secret]).toEqual(['The company', SECRET]);
    expect((await root.submit(`${AT}/company`, change)).status).toBe(409);
  });

  it('show again what was saved, so that saving it anew changes nothing', async () => {
    const { text } = await root.get(`${AT}/company`);
    expect(text).toContain('department = claims.department');
    expect(text).toMatch(/name="quirk.email_verified_missing"[^>]* checked/);
    expect(text).toContain('groups</textarea>');
  });

  it('put it into the bin', async () => {
    const etag = etagIn((await root.get(`${AT}/directory`)).text);
    const gone = await root.submit(`${AT}/directory/remove`, { etag });
    expect(gone.headers.get('Location')).toBe(`${AT}?done=removed`);
    expect((await root.get(`${AT}/directory`)).status).toBe(404);
    expect((await root.get('/admin/bin')).text).toContain('directory');
  });
});

describe('the API of directories', () => {
  const put = (slug: string, body: object, headers = {}) =>
    app.api('PUT', `${API}/${slug}`, { key, body, headers });

  it('makes one, and the second time changes nothing', async () => {
    const made = await put('machine', AN_UPSTREAM);
    expect([made.status, made.json.auth]).toEqual([201, 'client_secret_basic']);
    const again = await put('machine', AN_UPSTREAM);
    expect([again.status, again.headers.get('ETag')]).toEqual([200, made.headers.get('ETag')]);
    for (const { text } of [made, again, await app.api('GET', API, { key })])
      expect(text).not.toContain(SECRET);
  });

  it('takes back what it gave, but for its status', async () => {
    const { status: _status, ...body } = (await app.api('GET', `${API}/machine`, { key })).json;
    expect((await put('machine', body)).json).toMatchObject(body);
    expect((await stored('machine')).secrets?.secret).toBe(SECRET);
  });

  it('changes what is named alone, for who has seen it last', async () => {
    const patch = (body: object, headers = {}) =>
      app.api('PATCH', `${API}/machine`, { key, body, headers });
    const tag = (await app.api('GET', `${API}/machine`, { key })).headers.get('ETag') ?? '';
    const changed = await patch({ groups: 'claims.roles' }, { 'If-Match': tag });
    expect(changed.json).toMatchObject({ groups: 'claims.roles', clientId: 'roomkey' });
    expect((await patch({ groups: null }, { 'If-Match': tag })).status).toBe(412);
    expect((await patch({ groups: null })).json.groups).toBeNull();
  });

  it.each([
    ['a secret that would go elsewhere', { issuerUrl: 'https://other.example' }, 'clientSecret'],
    ['another type', { type: 'ldap' }, 'type'],
    ['a mistake in a rule', { createRule: 'claims.x = 1' }, 'createRule'],
    ['a name that nobody knows', { quirks: ['any'] }, 'quirks.0'],
  ])('refuses %s', async (_name, body, path) => {
    const answer = await app.api('PATCH', `${API}/machine`, { key, body });
    expect(answer.status).toBe(400);
    expect(answer.json.error.issues.map((issue: { path: string }) => issue.path)).toContain(
      `body.${path}`,
    );
  });

  it('takes no file of the server for a secret', async () => {
    const body = { ...AN_UPSTREAM, clientSecretFile: '/etc/passwd' };
    expect((await put('file', body)).status).toBe(400);
  });

  it('does not know what is not there', async () => {
    expect((await app.api('GET', `${API}/nothing`, { key })).json.error.code).toBe(
      'upstream_not_found',
    );
    expect((await app.api('DELETE', `${API}/machine`, { key })).status).toBe(204);
    expect((await app.api('DELETE', `${API}/machine`, { key })).status).toBe(404);
  });
});
