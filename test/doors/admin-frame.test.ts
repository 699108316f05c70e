/**
 * What the admin door's frame does for every route: the right it needs, and the password once more
 * before what matters.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRESH_SECONDS } from '../../src/domain/session.ts';
import { freshPost, get, mountAdminRoutes } from '../../src/doors/admin-ui/route.ts';
import { resolveClientIp } from '../../src/http/client-ip.ts';
import { answerErrors } from '../../src/http/errors.ts';
import { htmlErrors } from '../../src/http/html-errors.ts';
import { believePublicUrl } from '../../src/http/public-origin.ts';
import { nameRequests } from '../../src/http/request-id.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { loadSession } from '../../src/http/session.ts';
import { resolveSession } from '../../src/operations/resolve-session.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import { createVisitor, type Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const done: Record<string, string>[] = [];

const small = new Koa();
believePublicUrl(small, () => new URL(PUBLIC_URL));
small.use(nameRequests(app.context.random));
small.use(answerErrors(app.context.log, htmlErrors(app.context.pages)));
small.use(resolveClientIp({ trustedProxies: [], log: app.context.log, clock: app.clock }));
small.use(loadSession((token) => resolveSession(app.context, token)));
small.use(
  mountAdminRoutes(
    [
      get('/admin/test', 'keys:write', (ctx) =>
        app.context.pages.show(ctx, 'admin-confirmation', {
          action: '/admin/test',
          fields: [],
          refusal: undefined,
        }),
      ),
      freshPost('/admin/test', 'keys:write', async (ctx) => {
        done.push(await app.context.forms.read(ctx));
        seeOther(ctx, '/admin/test?done=saved');
      }),
    ],
    app.context,
  ).routes(),
);
const answer = small.callback();
const server = createServer((request, response) => void answer(request, response));
let base: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function visitorOf(role: 'administrator' | 'user_manager' | 'auditor' | undefined) {
  const username = `u${Math.random().toString(36).slice(2)}`;
  const user = await app.addUser({ username, role });
  await app.givePassword(user);
  const portal = app.visitor();
  await portal.signIn(username, PASSWORD);
  const visitor: Visitor = createVisitor(base, PUBLIC_URL);
  for (const [name, value] of portal.cookies) visitor.cookies.set(name, value);
  return visitor;
}

describe('a right', () => {
  it.each([
    ['administrator', 200],
    ['user_manager', 403],
    ['auditor', 403],
    [undefined, 403],
  ] as const)('of %s answers %i', async (role, status) => {
    const visitor = await visitorOf(role);
    expect((await visitor.get('/admin/test')).status).toBe(status);
    const before = done.length;
    const posted = await visitor.submit('/admin/test', { x: 'y' });
    expect(posted.status).toBe(status === 200 ? 303 : 403);
    expect(done.length - before).toBe(status === 200 ? 1 : 0);
  });

  it('sends who is signed out to sign in', async () => {
    const answered = await createVisitor(base, PUBLIC_URL).get('/admin/test');
    expect(answered.location).toBe('/login?returnTo=%2Fadmin%2Ftest');
  });
});

describe('what matters', () => {
  it('is done at once right after signing in', async () => {
    const visitor = await visitorOf('administrator');
    const answered = await visitor.submit('/admin/test', { name: 'one' });
    expect(answered.location).toBe('/admin/test?done=saved');
    expect(done.at(-1)).toEqual({ name: 'one' });
  });

  it('asks for the password later, carries the change along, and then counts as new', async () => {
    const visitor = await visitorOf('administrator');
    app.clock.advance(FRESH_SECONDS);
    const before = done.length;
    const asked = await visitor.submit('/admin/test', { name: '"><b>two' });
    expect(asked.status).toBe(403);
    expect(asked.text).toContain('name="name" value="&quot;&gt;&lt;b&gt;two"');

    const wrong = { name: 'two', confirmPassword: 'not the password' };
    const refused = await visitor.submit('/admin/test', wrong);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('role="alert"');
    expect(refused.text).not.toContain('not the password');
    expect(done).toHaveLength(before);

    const right = { name: 'two', confirmPassword: PASSWORD };
    expect((await visitor.submit('/admin/test', right)).status).toBe(303);
    expect(done.at(-1)).toEqual({ name: 'two' });
    expect((await visitor.submit('/admin/test', { name: 'three' })).status).toBe(303);
  });

  it('repeats no secret on a page: the form has to be filled in again', async () => {
    const visitor = await visitorOf('administrator');
    app.clock.advance(FRESH_SECONDS);
    const asked = await visitor.submit('/admin/test', { secret: 'canary-secret' });
    expect(asked.status).toBe(403);
    expect(asked.text).not.toContain('canary-secret');
    expect(asked.text).not.toContain('name="confirmPassword"');
  });

  it('counts wrong passwords as sign-in does', async () => {
    const visitor = await visitorOf('administrator');
    app.clock.advance(FRESH_SECONDS);
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const wrong = { confirmPassword: 'wrong wrong wrong' };
      statuses.push((await visitor.submit('/admin/test', wrong)).status);
    }
    expect(statuses.at(0)).toBe(403);
    expect(statuses.at(-1)).toBe(429);
  });
});
