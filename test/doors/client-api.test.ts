import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { WIKI } from '../support/relying-party.ts';

const app = await testApp();
let key: string;
beforeAll(async () => {
  await app.addIssuer();
  key = await app.apiKey(['issuers:read', 'issuers:write', 'keys:write']);
});

const AT = '/api/v1/issuers/main/clients';
const BODY = { kind: 'oidc', redirectUris: [WIKI] };
const put = (clientId: string, body: object = BODY, headers = {}) =>
  app.api('PUT', `${AT}/${clientId}`, { key, body, headers });
const get = (path: string) => app.api('GET', `${AT}${path}`, { key });

describe('the API of clients', () => {
  it('makes one with a secret that is told once, and the second time changes nothing', async () => {
    const made = await put('wiki');
    expect(made.status).toBe(201);
    expect(made.headers.get('Cache-Control')).toBe('no-store');
    expect(made.json.secret).toMatch(/^[\w-]{43}$/);
    const again = await put('wiki');
    expect(again.status).toBe(200);
    expect(again.json.secret).toBeNull();
    expect(again.headers.get('ETag')).toBe(made.headers.get('ETag'));
    for (const path of ['', '/wiki', '?q=wiki'])
      expect((await get(path)).text).not.toContain(made.json.secret);
  });

  it('takes back what it gave, but for its status', async () => {
    const { status: _status, ...body } = (await get('/wiki')).json;
    expect((await put('wiki', body)).json).toMatchObject(body);
    const redirectUris = ['https://meet.example.org/static/sso.html'];
    await put('jitsi', { kind: 'jitsi', redirectUris });
    const { status: _own, ...jitsi } = (await get('/jitsi')).json;
    expect((await put('jitsi', jitsi)).json).toMatchObject(jitsi);
    expect((await put('other', body)).json.error.issues[0].path).toBe('body.clientId');
  });

  it('changes it for who has seen it last', async () => {
    const tag = (await get('/wiki')).headers.get('ETag') ?? '';
    const first = await put('wiki', { ...BODY, name: 'First' }, { 'If-Match': tag });
    expect(first.json.name).toBe('First');
    const second = await put('wiki', { ...BODY, name: 'Second' }, { 'If-Match': tag });
    expect(second.status).toBe(412);
    const removal = { key, headers: { 'If-Match': tag } };
    expect((await app.api('DELETE', `${AT}/wiki`, removal)).status).toBe(412);
    expect((await put('new', BODY, { 'If-Match': tag })).status).toBe(412);
  });

  it('replaces the secret with an overlap, and ends the former', async () => {
    const rotate = (body: object) => app.api('POST', `${AT}/wiki/secret`, { key, body });
    const { secret, status } = (await rotate({ overlapSeconds: 60 })).json;
    const until = new Date(app.clock.now().getTime() + 60_000).toISOString();
    expect(status.formerSecretEndsAt).toBe(until);
    expect(secret).toMatch(/^[\w-]{43}$/);
    const ended = await app.api('POST', `${AT}/wiki/secret/end-former`, { key, body: {} });
    expect(ended.json.status.formerSecretEndsAt).toBeNull();
    expect((await rotate({ overlapSeconds: 2_592_001 })).status).toBe(400);
    await put('public', { ...BODY, auth: 'none' });
    const none = await app.api('POST', `${AT}/public/secret`, { key, body: {} });
    expect(none.json.error.code).toBe('client_without_secret');
  });

  it.each([
    ['a secret of its own', { ...BODY, secret: 'x'.repeat(43) }, 'body.secret'],
    ['a wildcard', { ...BODY, redirectUris: ['https://*.example.org/'] }, 'body.redirectUris.0'],
    ['no address', { kind: 'oidc' }, 'body.redirectUris'],
    ['a life that is too long', { ...BODY, tokenTtlSeconds: 3601 }, 'body.tokenTtlSeconds'],
  ])('refuses %s, and says where', async (_what, body, path) => {
    const { status, json } = await put('refused', body);
    expect(status).toBe(400);
    expect(json.error.issues[0].path).toBe(path);
    expect((await get('/refused')).status).toBe(404);
  });

  it('wants the right for keys to make a secret', async () => {
    const weak = await app.apiKey(['issuers:write']);
    const answer = await app.api('POST', `${AT}/wiki/secret`, { key: weak, body: {} });
    expect(answer.json.error.details).toEqual({ permission: 'keys:write' });
  });

  it('puts one into the bin', async () => {
    expect((await app.api('DELETE', `${AT}/wiki`, { key })).status).toBe(204);
    expect((await get('/wiki')).json.error.code).toBe('client_not_found');
    expect((await app.api('DELETE', `${AT}/wiki`, { key })).status).toBe(404);
  });
});
