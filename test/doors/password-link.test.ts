import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/domain/user.ts';
import { BY_CLI } from '../../src/operations/actor.ts';
import { inviteUser, PASSWORD_LINK_SECONDS } from '../../src/operations/people/password-links.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
const NEXT = 'Seven herons over the old mill';
let user: User;
let token: string;

beforeEach(async () => {
  await app.database.knex('users').del();
  user = await app.addUser({ username: 'ada', displayName: 'Ada' });
  ({ token } = await inviteUser(app.context, { ...BY_CLI, who: { id: user.id } }));
});

const address = () => `/password/${token}`;
const submit = (password = NEXT, page = address()) =>
  app.visitor().submit(address(), { username: 'ada', password }, { page });

describe('/password/{token}', () => {
  it('sets a password with which one signs in, once', async () => {
    const answer = await submit();
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('password is set')]);
    await app.visitor().signIn('ada', NEXT);
    expect((await submit(NEXT, '/login')).status).toBe(403);
    expect((await app.visitor().get(address())).status).toBe(403);
  });

  it('is not consumed by looking at it, however often', async () => {
    const shown = await app.visitor().get(address());
    expect(shown.text).toContain('value="ada"');
    await app.visitor().request(address(), { method: 'HEAD' });
    await app.visitor().get(address());
    expect((await submit()).status).toBe(200);
  });

  it('asks again for a password we do not take', async () => {
    const answer = await submit('short');
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('too short')]);
    expect(answer.text).not.toContain('value="short"');
    expect((await submit()).status).toBe(200);
  });

  it('takes the form from our own pages alone', async () => {
    const visitor = app.visitor();
    const form = { page: address(), headers: { 'Sec-Fetch-Site': 'cross-site' } };
    expect((await visitor.submit(address(), { password: NEXT }, form)).status).toBe(403);
    const body = new URLSearchParams({ password: NEXT }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const bare = await visitor.request(address(), { method: 'POST', body, headers });
    expect(bare.status).toBe(403);
    expect((await submit()).status).toBe(200);
  });

  it('signs out whoever is signed in as that person, and leaves others alone', async () => {
    await app.givePassword(user);
    const { visitor: other } = await app.signedIn('eve');
    const own = app.visitor();
    await own.signIn('ada', 'a long enough passphrase');
    ({ token } = await inviteUser(app.context, { ...BY_CLI, who: { id: user.id } }));
    expect((await other.submit(address(), { password: NEXT })).status).toBe(200);
    expect((await own.get('/account')).status).toBe(303);
    expect((await other.get('/account')).text).toContain('value="eve"'.slice(0, 5));
  });

  it.each(['nonsense', 'a'.repeat(43), '%00', 'x'.repeat(5000)])(
    'knows no link %j',
    async (wrong) => {
      expect([400, 403]).toContain((await app.visitor().get(`/password/${wrong}`)).status);
    },
  );

  it('dies after seven days', async () => {
    app.clock.advance(PASSWORD_LINK_SECONDS);
    expect((await app.visitor().get(address())).status).toBe(403);
  });

  it('tells its token to nobody: no log, no referrer, no cache', async () => {
    const shown = await app.visitor().get(address());
    await submit('short');
    await submit();
    await app.visitor().get(`${address()}/more`);
    await app.visitor().get(`/PASSWORD/${token}`);
    expect(app.log()).not.toContain(token);
    expect(app.log()).toContain('/password/…');
    expect(shown.headers.get('Referrer-Policy')).toBe('strict-origin');
    expect(shown.headers.get('Cache-Control')).toBe('no-store');
  });
});
