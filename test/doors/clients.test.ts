/**
 * The pages of OpenID clients, as administrators use them.
 *
 * @module
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { saveClient } from '../../src/operations/clients/save-client.ts';
import { testApp } from '../support/app.ts';
import { etagIn, visitorOf } from '../support/issuer-pages.ts';
import { SSO, WIKI } from '../support/relying-party.ts';
import type { Visitor } from '../support/visitor.ts';

const app = await testApp();
let root: Visitor;
let auditor: Visitor;
let issuer: Issuer;
beforeAll(async () => {
  root = await visitorOf(app, 'administrator');
  auditor = await visitorOf(app, 'auditor');
});
beforeEach(async () => {
  const slug = `own-${app.random.uuid().slice(0, 8)}`;
  issuer = await app.addIssuer({ slug, serverUrl: 'https://meet.example.org/' });
});

const at = (rest = '') => `/admin/issuers/${issuer.slug}/clients${rest}`;
const WIKI_FORM = {
  clientId: 'wiki',
  name: 'The wiki',
  type: 'client_secret_basic',
  redirectUris: `${WIKI}\r\n\r\n https://wiki.example.org/other \r\n`,
  'scope.profile': 'yes',
  'scope.groups': 'yes',
};
const make = (fields: Readonly<Record<string, string>> = WIKI_FORM) =>
  root.submit(at('/new'), { ...fields });
const secretIn = (text: string) => /<code>([\w-]{43})<\/code>/.exec(text)?.[1];
const stored = async (clientId: string) =>
  (await app.stores.issuers.findBySlug(issuer.slug))?.clients.find(
    (client) => client.clientId === clientId,
  );
const secrets = async () => (await app.stores.clients.listSecrets()).get(issuer.id)?.get('wiki');
/** What a form holds, to be sent back changed. */
async function editFields(clientId: string): Promise<Record<string, string>> {
  const { text } = await root.get(at(`/edit?id=${clientId}`));
  return { ...WIKI_FORM, clientId, etag: etagIn(text) };
}

describe('a new client', () => {
  it('is made by its form, and its secret is shown once', async () => {
    const made = await make();
    expect(made.status).toBe(200);
    expect(made.headers.get('Cache-Control')).toBe('no-store');
    const secret = secretIn(made.text);
    expect(secret).toBe((await secrets())?.secret);
    expect(await stored('wiki')).toMatchObject({
      kind: 'oidc',
      redirectUris: [WIKI, 'https://wiki.example.org/other'],
      scopes: ['openid', 'profile', 'groups'],
      firstParty: false,
    });
    for (const page of [at(), at('/edit?id=wiki'), '/admin/audit', '/admin/export'])
      expect((await root.get(page)).text).not.toContain(secret);
    expect(app.log()).not.toContain(secret);
    const list = await root.get(at('?q=WIKI example'));
    expect(list.text).toContain(`${at()}/edit?id=wiki`);
    expect((await root.get(at('?q=nobody'))).text).not.toContain('edit?id=wiki');
  });

  it("is Jitsi's own page, filled in from the address of the server", async () => {
    const form = await root.get(at('/new?preset=jitsi'));
    expect(form.text).toContain(SSO);
    expect(form.text).toContain('https://meet.example.org/static/logout.html');
    const typed = {
      clientId: 'jitsi',
      type: 'jitsi',
      redirectUris: SSO,
      postLogoutRedirectUris: 'https://meet.example.org/static/logout.html',
      firstParty: 'yes',
      'scope.profile': 'yes',
      'scope.email': 'yes',
    };
    expect((await make(typed)).location).toBe(at('/edit?id=jitsi&done=created'));
    expect(await stored('jitsi')).toMatchObject({ kind: 'jitsi', auth: 'none', firstParty: true });
    const guide = await root.get(`/admin/issuers/${issuer.slug}/integration?platform=debian`);
    expect(guide.text).toContain('sign-in-popup.js');
    expect(guide.text).toContain(at());
    expect(guide.text).not.toContain('preset=jitsi');
  });

  it('is offered to the integration page, and not where a secret is shared', async () => {
    const path = (slug: string) => `/admin/issuers/${slug}/integration`;
    expect((await root.get(path(issuer.slug))).text).toContain(at('/new?preset=jitsi'));
    expect((await auditor.get(path(issuer.slug))).text).not.toContain('preset=jitsi');
    const shared = await app.addIssuer({ slug: `${issuer.slug}-hs`, algorithm: 'HS256' });
    expect((await root.get(path(shared.slug))).text).not.toContain('preset=jitsi');
    const page = await root.get(`/admin/issuers/${shared.slug}/clients`);
    expect(page.text).toContain('signs with a shared secret');
  });

  it('is asked for again with all that was typed, and every mistake beside its field', async () => {
    const typed = {
      clientId: 'Wiki!',
      name: 'x'.repeat(201),
      type: 'private_key_jwt',
      redirectUris: `${WIKI}\nhttp://wiki.example.org/plain\nhttps://*.example.org/`,
      postLogoutRedirectUris: 'javascript:alert(1)',
      webOrigins: 'https://wiki.example.org/path',
      backchannelLogoutUri: 'nope',
      audience: 'jitsi',
      tokenTtlSeconds: '5',
      refreshTtlSeconds: 'long',
      jwks: '{ "keys": [{ "kty": "RSA", "d": "x" }] }',
      anyRoom: 'yes',
    };
    const { status, text } = await make(typed);
    expect(status).toBe(400);
    const faulty = [...text.matchAll(/id="(\w+)-fault"/g)].map(([, name]) => name);
    const { anyRoom: _box, type: _right, ...wrong } = typed;
    expect(new Set(faulty)).toEqual(new Set(Object.keys(wrong)));
    const told = text.replaceAll(/<\/?bdi[^>]*>/g, '');
    expect(told).toContain('is for clients of kind jitsi');
    expect(told).toContain(
      'http://wiki.example.org/plain: must begin with https:// (http is for this machine alone)<br>' +
        'https://*.example.org/: must be one exact address (name each address: there are no wildcards)</p>',
    );
    for (const value of ['value="Wiki!"', 'value="long"', 'https://*.example.org/</textarea>'])
      expect(text).toContain(value);
    expect(text).toMatch(/id="anyRoom"[^>]*checked/);
    expect(await stored('Wiki!')).toBeUndefined();
  });

  it('is asked for again in German, with a reason for each address', async () => {
    const redirectUris = 'nope\nhttps://a.example/#x';
    const headers = { 'Accept-Language': 'de' };
    const { text } = await root.submit(at('/new'), { ...WIKI_FORM, redirectUris }, { headers });
    expect(text).toContain('muss eine Adresse wie https://meet.example.org/static/sso.html sein');
    expect(text).toContain('darf keinen Teil nach # haben');
    expect(text).not.toContain('lang="en"');
  });

  it.each([
    ['no type of ours', { type: 'wizard' }, 'type-fault'],
    ['a name that is taken', {}, 'clientId-fault'],
    ['keys that are no JSON', { type: 'private_key_jwt', jwks: '{' }, 'jwks-fault'],
    ['an audience for Jitsi that another is', { type: 'jitsi', audience: 'wiki' }, 'clients[0]'],
  ])('is refused with %s', async (_what, fields, found) => {
    await make();
    const own = Object.keys(fields).length === 0 ? {} : { clientId: 'other' };
    const answer = await make({ ...WIKI_FORM, ...own, ...fields });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(found);
  });
});

describe('a client that is there', () => {
  it('is changed, with before and after in the audit log, and a link to that', async () => {
    await make();
    const fields = { ...(await editFields('wiki')), name: 'Renamed', tokenTtlSeconds: '60' };
    const saved = await root.submit(at('/edit'), fields, { page: at('/edit?id=wiki') });
    expect(saved.location).toBe(at('/edit?id=wiki&done=saved'));
    expect(await stored('wiki')).toMatchObject({ name: 'Renamed', tokenTtlSeconds: 60 });
    const page = await root.get(at('/edit?id=wiki'));
    const history = `/admin/audit?target=client:wiki&issuer=${issuer.slug}`;
    expect(page.text).toContain(history.replace('&', '&amp;'));
    expect((await root.get(history)).text).toContain('Client changed');
    const [event] = await app.stores.auditEvents.list({ type: 'client.updated', limit: 1 });
    expect(event?.details).toEqual({
      before: { name: 'The wiki' },
      after: { name: 'Renamed', tokenTtlSeconds: 60 },
    });
    expect(page.text).toContain('/api/v1/issuers/');
    expect(page.text).toContain('clientId: wiki');
  });

  it('is not overwritten by a form that is out of date', async () => {
    await make();
    const first = await editFields('wiki');
    const page = { page: at('/edit?id=wiki') };
    await root.submit(at('/edit'), { ...first, name: 'First' }, page);
    const second = await root.submit(at('/edit'), { ...first, name: 'Second' }, page);
    expect(second.status).toBe(409);
    const removal = { id: 'wiki', etag: first.etag ?? '' };
    expect((await root.submit(at('/remove'), removal, page)).status).toBe(409);
    expect((await stored('wiki'))?.name).toBe('First');
  });

  it('gets another secret beside the one it had, which ends when somebody says so', async () => {
    const first = secretIn((await make()).text);
    const page = { page: at('/edit?id=wiki') };
    const rotated = await root.submit(at('/secret'), { id: 'wiki', overlap: '3600' }, page);
    const second = secretIn(rotated.text);
    const until = new Date(app.clock.now().getTime() + 3_600_000);
    expect(await secrets()).toEqual({ secret: second, former: { secret: first, until } });
    expect(rotated.text).toContain(until.toISOString());
    expect((await root.get(at('/edit?id=wiki'))).text).toContain(until.toISOString());
    const ended = await root.submit(at('/end-former'), { id: 'wiki' }, page);
    expect(ended.location).toBe(at('/edit?id=wiki&done=secret_ended'));
    expect(await secrets()).toEqual({ secret: second, former: undefined });
    const after = (await root.get(ended.location ?? '')).text;
    expect(after).not.toContain(until.toISOString());
    expect(after).toContain('The secret before has ended.');
  });

  it('is put into the bin, and back from there', async () => {
    await make();
    const { etag = '' } = await editFields('wiki');
    const page = { page: at('/edit?id=wiki') };
    const removed = await root.submit(at('/remove'), { id: 'wiki', etag }, page);
    expect(removed.location).toBe(at('?done=removed'));
    expect((await root.get(at('/edit?id=wiki'))).status).toBe(404);
    const bin = await root.get('/admin/bin');
    expect(bin.text).toContain(`${issuer.slug} / wiki`);
    const { items } = await app.stores.bin.list({
      kinds: ['client'],
      now: app.clock.now(),
      limit: 1,
    });
    await root.submit(`/admin/bin/${items[0]?.id}/restore`, {}, { page: '/admin/bin' });
    expect(await stored('wiki')).toMatchObject({ name: 'The wiki' });
  });

  it('can be called as our own pages are', async () => {
    for (const clientId of ['new', 'edit', '...', '~'])
      expect((await make({ ...WIKI_FORM, clientId })).status).toBe(200);
    for (const clientId of ['new', 'edit', '...', '~'])
      expect((await root.get(at(`/edit?id=${clientId}`))).text).toContain('The wiki');
    expect((await make({ ...WIKI_FORM, clientId: '..' })).status).toBe(400);
  });

  it('is read by an auditor, who changes nothing', async () => {
    await make();
    const page = await auditor.get(at('/edit?id=wiki'));
    expect(page.status).toBe(200);
    expect(page.text).toContain('<fieldset class="whole" disabled>');
    for (const action of ['/remove"', '/secret"', '/end-former"'])
      expect(page.text).not.toContain(`action="${at()}${action}`);
    expect((await auditor.get(at('/new'))).status).toBe(403);
  });
});

describe('many clients', () => {
  it('are read page by page', { timeout: 60_000 }, async () => {
    const actor = { actorName: 'test' };
    const fields = { kind: 'oidc', auth: 'none', redirectUris: [WIKI] };
    for (let index = 0; index < 51; index++) {
      const clientId = `c${index}`;
      await saveClient(app, { slug: issuer.slug, clientId, fields, how: 'create', actor });
    }
    const first = await root.get(at());
    expect(first.text).toContain('edit?id=c49"');
    expect(first.text).not.toContain('edit?id=c50"');
    const next = /href="([^"]*after=[^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&');
    expect((await root.get(next ?? '')).text).toContain('edit?id=c50"');
  });
});

/** Time goes on for everybody: the last. */
describe('a sign-in that is old', () => {
  it('asks for the password again, and loses nothing typed', async () => {
    await make();
    const visitor = app.visitor();
    const admin = await app.addUser({ username: `late-${issuer.slug}`, role: 'administrator' });
    await app.givePassword(admin);
    await visitor.signIn(admin.username, 'a long enough passphrase');
    const page = { page: at('/edit?id=wiki') };
    const fields = { ...(await editFields('wiki')), name: 'Late', tokenTtlSeconds: '60' };
    app.clock.advance(16 * 60);
    const asked = await visitor.submit(at('/edit'), fields, page);
    expect(asked.status).toBe(403);
    expect(asked.text).toContain('value="Late"');
    const rotation = await visitor.submit(at('/secret'), { id: 'wiki', overlap: '0' }, page);
    expect(rotation.status).toBe(403);
    expect(secretIn(rotation.text)).toBeUndefined();
    const sure = { ...fields, confirmPassword: 'a long enough passphrase' };
    expect((await visitor.submit(at('/edit'), sure, page)).status).toBe(303);
  });
});
