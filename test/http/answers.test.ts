import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context, Middleware } from 'koa';
import { afterAll, describe, expect, it } from 'vitest';
import type { Session } from '../../src/domain/session.ts';
import { getOnly, refuseUnanswered } from '../../src/http/methods.ts';
import { logRequests } from '../../src/http/request-log.ts';
import { createRouter } from '../../src/http/router.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { loadSession, requirePermission, requireSignedIn } from '../../src/http/session.ts';
import { loadAssets } from '../../src/http/static-files.ts';
import { aUser, frozenClock, NOW } from '../factories.ts';
import { ask, codeOf, memoryLog } from './server.ts';

describe('methods', () => {
  const router = createRouter()
    .get('/minting', getOnly(), (ctx) => void (ctx.body = 'minted'))
    .get('/page', (ctx) => void (ctx.body = 'page'))
    .post('/page', (ctx) => void (ctx.body = 'done'));
  const app = [router.routes() as Middleware, refuseUnanswered()];

  it.each([
    ['GET', '/minting', 200, undefined],
    ['HEAD', '/minting', 405, 'GET'],
    ['POST', '/minting', 405, 'HEAD, GET'],
    ['HEAD', '/page', 200, undefined],
    ['DELETE', '/page', 405, 'HEAD, GET, POST'],
    ['OPTIONS', '/page', 405, 'HEAD, GET, POST'],
    ['GET', '/elsewhere', 404, undefined],
    ['GET', '/page/', 404, undefined],
    ['GET', '/Page', 404, undefined],
  ])('%s %s answers %i', async (method, address, status, allow) => {
    const answer = await ask(app, address, { method });
    expect([answer.status, answer.headers.allow]).toEqual([status, allow]);
  });
});

describe('logRequests', () => {
  it('writes path and status, never the query, cookies or the body', async () => {
    const { lines, log } = memoryLog();
    await ask(
      [logRequests(log, frozenClock), (ctx) => void (ctx.status = 204)],
      '/setup?token=s3cret',
      {
        method: 'POST',
        headers: { Cookie: 'roomkey=s3cret' },
        body: 's3cret',
      },
    );
    expect(lines).toEqual([
      {
        level: 'info',
        fields: { method: 'POST', path: '/setup', status: 204, ms: 0, reference: 'REF00001' },
      },
    ]);
  });
});

describe('seeOther', () => {
  it('answers 303 whatever the method', async () => {
    const answer = await ask([(ctx) => seeOther(ctx, '/x')], '/', { method: 'POST' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/x']);
  });
});

describe('the session', () => {
  const session: Session = {
    id: '1b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10',
    userId: aUser().id,
    methods: ['pwd'],
    authenticatedAt: NOW,
    createdAt: NOW,
    lastSeenAt: NOW,
    idleExpiresAt: NOW,
    expiresAt: NOW,
    remembered: false,
    ip: undefined,
    userAgent: undefined,
  };
  const asked: string[] = [];
  const load = loadSession((secret) => {
    asked.push(secret);
    return Promise.resolve(secret === 'alive' ? { user: aUser(), session } : undefined);
  });
  const name = [load, (ctx: Context) => void (ctx.body = requireSignedIn(ctx).user.username)];

  it('knows who carries a living cookie', async () => {
    const answer = await ask(name, '/', { headers: { Cookie: '__Host-roomkey=alive' } });
    expect(answer.text).toBe('ada');
  });

  it('sends others to sign in, and asks nobody without a cookie', async () => {
    const dead = await ask(name, '/', { headers: { Cookie: '__Host-roomkey=dead' } });
    expect(codeOf(dead)).toBe('login_required');
    asked.length = 0;
    expect((await ask(name, '/')).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it('lets only administrators pass where that is asked', async () => {
    const admin = [load, (ctx: Context) => void requirePermission(ctx, 'keys:write')];
    const answer = await ask(admin, '/', { headers: { Cookie: '__Host-roomkey=alive' } });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'admin_required']);
  });
});

describe('static files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'roomkey-public-'));
  mkdirSync(path.join(folder, 'deep'));
  writeFileSync(path.join(folder, 'site.css'), `a{color:red}${' '.repeat(2000)}`);
  writeFileSync(path.join(folder, 'deep', 'logo.svg'), '<svg/>');
  mkdirSync(path.join(folder, 'parts.css'));
  for (const part of ['2', '1', '3'])
    writeFileSync(path.join(folder, 'parts.css', `${part}.css`), `.p${part}{}`);
  afterAll(() => rmSync(folder, { recursive: true }));
  const assets = loadAssets(folder);

  it('are served for ever under the hash of their content', async () => {
    const url = assets.url('site.css');
    expect(url).toMatch(/^\/assets\/site-[\w-]{12}\.css$/);
    const answer = await ask([assets.serve], url);
    expect(answer.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/css; charset=utf-8',
    });
    expect(answer.text).toContain('color:red');
    expect(assets.url('deep/logo.svg')).toMatch(/^\/assets\/deep\/logo-[\w-]{12}\.svg$/);
  });

  it('are one file where a folder is named as a sheet', async () => {
    const answer = await ask([assets.serve], assets.url('parts.css'));
    expect(answer.text).toBe('.p1{}.p2{}.p3{}');
    expect(() => assets.url('parts.css/1.css')).toThrow('no file');
  });

  it('are compressed for those who can read it', async () => {
    const headers = { 'Accept-Encoding': 'gzip, br' };
    const answer = await ask([assets.serve], assets.url('site.css'), { headers });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
    expect(Number(answer.headers['content-length'])).toBeLessThan(200);
  });

  it('may be generated', async () => {
    const url = assets.add('brand.css', ':root{}');
    expect((await ask([assets.serve], url)).text).toBe(':root{}');
    expect(assets.add('brand.css', ':root{}')).toBe(url);
  });

  it.each([
    '/assets/site.css',
    '/assets/../package.json',
    '/assets/%2e%2e/package.json',
    '/assets/..%2fpackage.json',
    '/assets/',
  ])('are nothing else: %s', async (address) => {
    expect((await ask([assets.serve], address)).status).toBe(404);
  });

  it('answer no other method', async () => {
    const answer = await ask([assets.serve], assets.url('site.css'), { method: 'POST' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});
