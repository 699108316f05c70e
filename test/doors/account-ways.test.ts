import { describe, expect, it } from 'vitest';
import type { Visitor } from '../support/visitor.ts';
import { companyApp, keepLocalForAdministrators, pathOf, signInThere } from './upstream-ground.ts';

const PATH = '/account/ways-in';
const PAGE = { page: PATH };
const PASSWORD = 'a long enough passphrase';

async function ground() {
  const { app, provider } = await companyApp();
  const ada = await app.person('ada');
  const visitor = app.visitor();
  await visitor.signIn('ada', PASSWORD);
  const begin = async (browser: Visitor) => {
    const answer = await browser.submit(`${PATH}/link`, { upstream: 'company' }, PAGE);
    const [, href = ''] = /^0; url=(.+)$/.exec(answer.headers.get('Refresh') ?? '') ?? [];
    return { answer, href };
  };
  const link = async (browser: Visitor) => {
    const { href } = await begin(browser);
    return browser.get(pathOf((await provider.pass(href)).href));
  };
  return { app, provider, ada, visitor, begin, link };
}

describe('linking one’s account to a directory', () => {
  it('makes it a way in, until it is removed', async () => {
    const { app, provider, visitor, link } = await ground();
    expect((await visitor.get(PATH)).text).toContain('not linked');
    expect((await link(visitor)).location).toBe(`${PATH}?linked`);

    const elsewhere = app.visitor();
    await signInThere(elsewhere, provider);
    expect((await elsewhere.get('/account')).text).toContain('ada');

    await visitor.submit(`${PATH}/remove`, { upstream: 'company' }, PAGE);
    const after = app.visitor();
    await signInThere(after, provider);
    expect((await after.get('/account')).text).toContain('grace');
  });

  it('goes to the directory by a page, which no form-action can stop', async () => {
    const { provider, visitor, begin } = await ground();
    const { answer, href } = await begin(visitor);
    expect(answer.status).toBe(200);
    expect(new URL(href).origin).toBe(provider.issuer);
    expect(new URL(href).searchParams.get('prompt')).toContain('login');
    expect(answer.text).toContain('Go on');
  });

  it('is for who proved lately who they are', async () => {
    const { app, visitor, begin } = await ground();
    app.clock.advance(16 * 60);
    expect((await visitor.get(PATH)).text).toContain('First, show that it is you');
    // As a page would that grew old in the browser.
    const token = /name="csrf" value="([^"]+)"/.exec((await visitor.get(PATH)).text)?.[1];
    expect(token).toBeDefined();
    expect((await begin(visitor)).answer.location).toBe(PATH);
    const wrong = await visitor.submit(`${PATH}/confirm`, { password: 'wrong' }, PAGE);
    expect([wrong.status, wrong.text.includes('The password is wrong')]).toEqual([403, true]);
    await visitor.submit(`${PATH}/confirm`, { password: PASSWORD }, PAGE);
    expect((await begin(visitor)).answer.status).toBe(200);
  });

  it('ends with the sign-in it began with', async () => {
    const { app, provider, visitor, begin } = await ground();
    const { href } = await begin(visitor);
    const callback = pathOf((await provider.pass(href)).href);
    await app.person('bob');
    await visitor.submit('/logout', {}, { page: '/account' });
    await visitor.signIn('bob', PASSWORD);
    const answer = await visitor.get(callback);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await app.database.knex('identities').select()).toEqual([]);
  });

  it('leaves who comes from a directory that one way in', async () => {
    const { app, provider } = await ground();
    const grace = app.visitor();
    await signInThere(grace, provider);
    const page = await grace.get(PATH);
    expect(page.text).toContain('Your only way in');
    expect(page.text).not.toContain(`action="${PATH}/remove"`);
    const profile = await grace.get('/account');
    expect(profile.text).toContain('Comes from');
    expect(profile.text).toMatch(/id="displayName"[^>]* readonly="readonly"/);
  });

  it('is begun by no page but ours', async () => {
    const { app, visitor } = await ground();
    const post = (body: string, headers: Record<string, string> = {}) =>
      visitor.request(`${PATH}/link`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
        body,
      });
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec((await visitor.get(PATH)).text) ?? [];
    const elsewhere = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const answers = [
      await post('upstream=company'),
      await post('upstream=company&csrf=forged'),
      await post(`upstream=company&csrf=${encodeURIComponent(csrf)}`, elsewhere),
      await visitor.get(`${PATH}/link?upstream=company`),
    ];
    for (const { status, headers } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers.get('Refresh')).toBeNull();
    }
    expect(await app.database.knex('upstream_logins').select()).toEqual([]);
  });

  it('ends in the browser it began in, whoever opens the address', async () => {
    const { app, provider, visitor: attacker, begin } = await ground();
    await app.person('bob');
    const victim = app.visitor();
    await victim.signIn('bob', PASSWORD);
    await begin(victim);
    const callback = pathOf((await provider.pass((await begin(attacker)).href)).href);
    expect((await victim.get(callback)).status).toBe(400);
    expect((await app.visitor().get(callback)).status).toBe(400);
    expect(await app.database.knex('identities').select()).toEqual([]);
    expect((await attacker.get(callback)).location).toBe(`${PATH}?linked`);
  });
});

describe('removing a way in', () => {
  const remove = (browser: Visitor) =>
    browser.submit(`${PATH}/remove`, { upstream: 'company' }, PAGE);

  it('ends what came in by it', async () => {
    const { app, provider, visitor, link } = await ground();
    await link(visitor);
    const stolen = app.visitor();
    await signInThere(stolen, provider);
    expect((await stolen.get('/account')).status).toBe(200);
    expect((await remove(visitor)).location).toBe(`${PATH}?removed`);
    expect((await stolen.get('/account')).status).toBe(303);
    expect((await visitor.get('/account')).status).toBe(200);
  });

  it('is refused for the last one, however it is asked for', async () => {
    const { app, provider, visitor, link } = await ground();
    const grace = app.visitor();
    await signInThere(grace, provider);
    expect((await remove(grace)).status).toBe(409);
    expect((await grace.get('/account')).status).toBe(200);

    await app.database.knex('identities').del();
    await link(visitor);
    await keepLocalForAdministrators(app);
    expect((await visitor.get(PATH)).text).toContain('Your only way in');
    expect((await remove(visitor)).status).toBe(409);
    expect(await app.database.knex('identities').select()).toHaveLength(1);
  });
});
