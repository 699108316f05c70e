import { beforeEach, describe, expect, it } from 'vitest';
import { makeSetupToken } from '../../src/operations/setup.ts';
import { testApp } from '../support/app.ts';

const app = await testApp({ PUBLIC_URL: '' });
let token: string;

beforeEach(async () => {
  await app.database.knex('users').del();
  await app.database.knex('issuers').del();
  await app.database.knex('settings').del();
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
  token = await makeSetupToken(app);
});

const fields = () => ({
  token,
  name: 'Root',
  email: 'root@example.org',
  password: 'a passphrase of some length',
  publicUrl: app.base,
  jitsiUrl: 'meet.example.org',
});
const submit = (changes: Record<string, string> = {}, page = `/setup?token=${token}`) =>
  app.visitor().submit('/setup', { ...fields(), ...changes }, { page });

describe('/setup', () => {
  it('makes the administrator and ends on the integration page', async () => {
    const answer = await submit();
    expect(answer.status).toBe(303);
    expect(answer.location).toBe('/admin/issuers/main/integration?from=setup');
    expect((await app.stores.issuers.findBySlug('main'))?.serverUrl).toBe(
      'https://meet.example.org/',
    );
  });

  it('shows the integration page at once to a browser that came by another address', async () => {
    const answer = await submit({ publicUrl: 'https://auth.example.org' });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('https://auth.example.org/jitsi/asap');
  });

  it('warns of lines that name an address only this machine reaches', async () => {
    const visitor = app.visitor();
    await visitor.submit('/setup', fields(), { page: `/setup?token=${token}` });
    const { text } = await visitor.get('/admin/issuers/main/integration');
    expect(text).toContain('which only this machine reaches');
  });

  it('lets browsers send a bare host name, which it takes for https', async () => {
    const { text } = await app.visitor().get(`/setup?token=${token}`);
    expect(text).toContain('name="jitsiUrl"');
    expect(text).not.toContain('type="url"');
  });

  it('asks for no Jitsi server that is declared already, and leaves it as it is', async () => {
    const declared = await app.addIssuer({ slug: 'main', name: 'Declared', useRule: '0' });
    const { text } = await app.visitor().get(`/setup?token=${token}`);
    expect(text).not.toContain('name="jitsiUrl"');
    expect(text).toContain('Declared');
    const { jitsiUrl: _none, ...asked } = fields();
    const visitor = app.visitor();
    const answer = await visitor.submit('/setup', asked, { page: `/setup?token=${token}` });
    expect(answer.location).toBe('/admin/issuers/main/integration?from=declared');
    expect((await visitor.get(answer.location ?? '')).text).toContain('nothing has to change');
    expect(await app.stores.issuers.findBySlug('main')).toEqual(declared);
  });

  it('works without a Jitsi server', async () => {
    expect((await submit({ jitsiUrl: '' })).status).toBe(303);
    expect((await app.stores.issuers.findBySlug('main'))?.serverUrl).toBeUndefined();
  });

  it.each([
    ['no name', { name: ' ' }],
    ['no e-mail address', { email: 'root' }],
    ['a short password', { password: 'short' }],
    ['a public URL with a path', { publicUrl: 'https://example.org/auth' }],
    ['a public URL that is none', { publicUrl: 'javascript:alert(1)' }],
    ['a Jitsi URL that is none', { jitsiUrl: 'javascript:alert(1)' }],
    ['a Jitsi URL with a query', { jitsiUrl: 'https://meet.example.org/?x' }],
  ])('shows the form again for %s, and keeps the link alive', async (_what, changes) => {
    const answer = await submit(changes);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`value="${token}"`);
    expect(answer.text).not.toContain('a passphrase of some length');
    expect((await submit()).status).toBe(303);
  });

  it.each(['', 'nonsense', 'a'.repeat(43)])('refuses the token %j', async (wrong) => {
    expect((await app.visitor().get(`/setup?token=${wrong}`)).status).toBe(403);
    expect((await submit({ token: wrong })).status).toBe(403);
  });

  it('does not consume the link by looking at it', async () => {
    await app.visitor().get(`/setup?token=${token}`);
    await app.visitor().request(`/setup?token=${token}`, { method: 'HEAD' });
    expect((await submit()).status).toBe(303);
  });

  it('is gone once there is an administrator', async () => {
    await submit();
    expect((await app.visitor().get(`/setup?token=${token}`)).status).toBe(410);
    expect((await app.visitor().get('/setup')).status).toBe(410);
  });
});

describe('the public URL', () => {
  it('is never proposed by a header', async () => {
    const { text } = await app.visitor().get(`/setup?token=${token}`, {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil.example',
    });
    expect(text).toMatch(/id="publicUrl"[^>]* value="http:\/\/localhost:3000"/);
    expect(text).not.toContain('evil.example');
  });
});
