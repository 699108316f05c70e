import { beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/world.ts';
import {
  addUpstream,
  companyApp,
  keepLocalForAdministrators,
  pathOf,
  signInThere,
} from './upstream-ground.ts';

const ROOM = '/jitsi/login?room=standup';
const page = (query: string) => `/login?${query}`;
const returning = (way: string) =>
  `/upstream/${way}/login?${new URLSearchParams({ returnTo: ROOM }).toString()}`;

describe('the sign-in page beside one upstream', () => {
  let ground: Awaited<ReturnType<typeof companyApp>>;
  beforeAll(async () => {
    ground = await companyApp({ emailDomains: ['company.example'] });
  });

  it('shows a button and the form', async () => {
    const { text, status } = await ground.app
      .visitor()
      .get(page(`returnTo=${encodeURIComponent(ROOM)}`));
    expect(status).toBe(200);
    expect(text).toContain(`href="${returning('company').replaceAll('&', '&amp;')}"`);
    expect(text).toContain('Company directory');
    expect(text).toContain('name="password"');
  });

  it('leads straight to the upstream that is named', async () => {
    const query = new URLSearchParams({ returnTo: ROOM, upstream: 'company' }).toString();
    expect((await ground.app.visitor().get(page(query))).location).toBe(returning('company'));
    for (const slug of ['none', '..%2F..%2Fx'])
      expect((await ground.app.visitor().get(page(`upstream=${slug}`))).status).toBe(200);
  });

  it('leads on whose address is of the upstream, and suggests it there', async () => {
    const fields = { username: 'grace@Company.Example', returnTo: ROOM, password: '' };
    const { text, status } = await ground.app.visitor().submit('/login', fields);
    expect(status).toBe(200);
    const [, href = ''] = /http-equiv="refresh" content="0; url=([^"]*)"/.exec(text) ?? [];
    const { searchParams, pathname } = new URL(href.replaceAll('&amp;', '&'), 'https://x.example');
    expect(pathname).toBe('/upstream/company/login');
    expect(Object.fromEntries(searchParams)).toEqual({
      returnTo: ROOM,
      login_hint: 'grace@Company.Example',
    });
  });

  it('takes a password for a password', async () => {
    const { app } = ground;
    await app.person('local');
    const fields = { username: 'local', password: PASSWORD, returnTo: '/account' };
    expect(await app.visitor().submit('/login', fields)).toMatchObject({
      status: 303,
      location: '/account',
    });
    const other = { username: 'x@elsewhere.example', password: '', returnTo: '/' };
    expect((await app.visitor().submit('/login', other)).status).toBe(401);
  });
});

describe('the sign-in page where one upstream is all there is', () => {
  let ground: Awaited<ReturnType<typeof companyApp>>;
  beforeAll(async () => {
    ground = await companyApp({ signOut: true });
    await keepLocalForAdministrators(ground.app);
  });

  it('is no page: people go from the room to the upstream and into the room', async () => {
    const { app, provider } = ground;
    const visitor = app.visitor();
    const asked = await visitor.get(ROOM);
    const signIn = await visitor.get(pathOf(asked.location));
    expect(signIn).toMatchObject({ status: 303, location: returning('company') });
    const back = await signInThere(visitor, provider, pathOf(signIn.location));
    expect((await visitor.get(pathOf(back.location))).location).toContain(
      'https://meet.example.org/standup?jwt=',
    );
  });

  it('is a page after a sign-out or a refusal, without the form', async () => {
    const { text, status } = await ground.app.visitor().get(page('choose=yes'));
    expect(status).toBe(200);
    expect(text).toContain('Company directory');
    expect(text).not.toContain('name="password"');
    expect(text).toContain('href="/login?local=yes');
    expect((await ground.app.visitor().get('/logout')).text).toContain('href="/login?choose=yes');
  });

  it('is a page in a browser in which somebody signed out, until the next sign-in', async () => {
    const { app, provider } = ground;
    const visitor = app.visitor();
    await signInThere(visitor, provider);
    await visitor.get('/jitsi/logout');
    const asked = await visitor.get(ROOM);
    const choice = await visitor.get(pathOf(asked.location));
    expect(choice.status).toBe(200);
    const href = returning('company').replaceAll('&', '&amp;');
    expect(choice.text).toContain(`href="${href}"`);
    expect((await visitor.get(page('upstream=company'))).status).toBe(200);

    await signInThere(visitor, provider, returning('company'));
    visitor.cookies.delete('__Host-roomkey');
    expect((await visitor.get('/login')).status).toBe(303);
  });

  it('has the form for administrators, and refuses all others like a wrong password', async () => {
    const { app } = ground;
    expect((await app.visitor().get(page('local=yes'))).text).toContain('name="password"');
    await app.person('worker');
    const chief = await app.addUser({ username: 'chief', role: 'administrator' });
    await app.givePassword(chief);
    const as = (username: string, password: string) =>
      app
        .visitor()
        .submit('/login', { username, password, returnTo: '/' }, { page: page('local=yes') });
    expect((await as('chief', PASSWORD)).status).toBe(303);
    const right = await as('worker', PASSWORD);
    const wrong = await as('worker', 'not this one at all');
    expect([right.status, wrong.status]).toEqual([401, 401]);
    const bare = (text: string) => text.replaceAll(/name="csrf" value="[^"]*"/g, '');
    expect(bare(right.text)).toBe(bare(wrong.text));
    const rows = await app.database
      .knex('audit_events')
      .where({ type: 'session.refused' })
      .orderBy('id');
    expect(rows.map(({ reason }) => reason)).toEqual([
      'not_signed_in_locally',
      'not_signed_in_locally',
    ]);
  });

  it('is a page when there is another upstream', async () => {
    const { app, provider } = ground;
    await addUpstream(app, provider, { slug: 'school', name: 'School' });
    const { text, status } = await app.visitor().get('/login');
    expect(status).toBe(200);
    expect(text).toContain('/upstream/school/login');
    expect(text).not.toContain('name="password"');
  });
});
