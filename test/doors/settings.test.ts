import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import { etagIn, visitorOf } from '../support/issuer-pages.ts';
import { anUpstream } from '../support/upstream-rows.ts';
import type { Visitor } from '../support/visitor.ts';

const fixed = await testApp();
const app = await testApp({ PUBLIC_URL: '', ALLOW_LOOPBACK: '1' });
const PAGE = '/admin/settings';
let root: Visitor;
let auditor: Visitor;
let status = 200;
const elsewhere = createServer((_req, res) => void res.writeHead(status).end('ok'));
let there: string;

beforeAll(async () => {
  await app.stores.settings.set('public_url', app.base, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
  root = await visitorOf(app, 'administrator');
  auditor = await visitorOf(app, 'auditor');
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  there = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
afterAll(() => elsewhere.close());

const tag = async () => etagIn((await root.get(PAGE)).text);
const submit = async (what: string, fields: Record<string, string>) =>
  root.submit(`${PAGE}/${what}`, { ...fields, etag: await tag() }, { page: PAGE });
const LOOK = { name: 'Acme', color: '#ffee00', logoUrl: '' };

describe('the look of the pages', () => {
  it('is shown before it is saved', async () => {
    const logoUrl = 'https://cdn.example.org/a.png';
    const preview = await submit('preview', { ...LOOK, logoUrl });
    expect(preview.status).toBe(200);
    expect(preview.text).toContain('preview.css?color=%23ffee00');
    expect(preview.text).toContain('less than the 4.5');
    expect(preview.headers.get('Content-Security-Policy')).toContain('https://cdn.example.org');
    expect(await app.stores.settings.find('branding')).toBeUndefined();
    const css = await root.get(`${PAGE}/preview.css?color=%23ffee00`);
    expect(css.headers.get('Content-Type')).toContain('text/css');
    expect(css.text).toMatch(/^\.scheme-light\{--brand:#ffee00;--on-brand:#000000;--accent:#/);
  });

  it.each(['red', '%23fff', '%23ffffff}body{x', ''])(
    'takes no colour %s into a sheet',
    async (color) => {
      expect((await root.get(`${PAGE}/preview.css?color=${color}`)).status).toBe(400);
    },
  );

  it('is saved, and written down', async () => {
    expect((await submit('branding', LOOK)).location).toBe(`${PAGE}?done=saved`);
    expect(await app.stores.settings.find('branding')).toEqual({ name: 'Acme', color: '#ffee00' });
    expect((await root.get(PAGE)).text).toContain('value="Acme"');
    const [event] = await app.stores.auditEvents.list({ type: 'settings.updated', limit: 1 });
    expect(event).toMatchObject({ actorName: 'administrator', targetName: 'branding' });
  });

  it('is asked for again where it is wrong', async () => {
    const wrong = await submit('branding', { name: '', color: 'blue', logoUrl: 'javascript:x' });
    expect(wrong.status).toBe(400);
    for (const name of ['name', 'color', 'logoUrl'])
      expect(wrong.text).toContain(`id="${name}-fault"`);
    expect(wrong.text).toContain('value="blue"');
  });

  it('is not changed when somebody else was faster', async () => {
    const old = await tag();
    await submit('branding', { ...LOOK, name: 'First' });
    const late = { ...LOOK, name: 'Late', etag: old };
    expect((await root.submit(`${PAGE}/branding`, late, { page: PAGE })).status).toBe(409);
  });
});

describe('passwords kept here', () => {
  it('stay for everybody where there is no directory', async () => {
    const refused = await submit('sign-in', { local: 'administrators' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('needs a directory that is switched on');
    expect(refused.text).toMatch(/value="administrators" checked/);
    expect(await app.stores.settings.find('sign_in')).toBeUndefined();
  });

  it('are left to administrators, by page and by machine', async () => {
    await anUpstream(app);
    const saved = await submit('sign-in', { local: 'administrators' });
    expect(saved.location).toBe(`${PAGE}?done=saved`);
    expect((await root.get(PAGE)).text).toMatch(/value="administrators" checked/);
    expect((await submit('sign-in', { local: 'nobody' })).status).toBe(400);

    const key = await app.apiKey(['settings:read', 'settings:write']);
    const call = (method: string, body?: object) =>
      app.api(method, '/api/v1/settings', { key, ...(body && { body }) });
    expect((await call('GET')).json).toMatchObject({ signIn: { local: 'administrators' } });
    await call('PATCH', { signIn: { local: 'everyone' } });
    expect(await app.stores.settings.find('sign_in')).toEqual({ local: 'everyone' });
  });
});

describe('the public address', () => {
  it('is asked for again when it is none', async () => {
    const answer = await submit('public-url', { publicUrl: 'https://x.example/path' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('id="publicUrl-fault"');
  });

  it('takes a second word when nobody answers there', async () => {
    status = 502;
    const asked = await submit('public-url', { publicUrl: there });
    expect(asked.text).toContain('does not answer as Roomkey');
    expect(await app.stores.settings.find('public_url')).toBe(app.base);
    const confirmed = /name="confirmed" value="([^"]+)"/.exec(asked.text)?.[1];
    expect(confirmed).toBe(there);
  });

  it('moves, and says where to go on', async () => {
    status = 200;
    const moved = await submit('public-url', { publicUrl: there });
    expect(moved.status).toBe(200);
    expect(moved.text).toContain(`href="${there}/admin/settings"`);
    expect(await app.stores.settings.find('public_url')).toBe(there);
  });

  it('is fixed by the environment, and says so', async () => {
    const administrator = await visitorOf(fixed, 'administrator');
    const { text } = await administrator.get(PAGE);
    expect(text).toContain(PUBLIC_URL);
    expect(text).toContain('Fixed by PUBLIC_URL');
    const fields = { publicUrl: 'https://other.example', confirmed: 'https://other.example' };
    const answer = await administrator.submit(
      `${PAGE}/public-url`,
      { ...fields, etag: etagIn(text) },
      { page: PAGE },
    );
    expect(answer.status).toBe(409);
  });
});

describe('an auditor', () => {
  it('reads the settings, and changes none', async () => {
    const { status: answer, text } = await auditor.get(PAGE);
    expect(answer).toBe(200);
    expect(text).not.toContain('>Save<');
  });
});
