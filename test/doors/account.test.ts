import { describe, expect, it } from 'vitest';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
await app.addIssuer({ name: 'Meetings', useRule: "inGroup('staff')", moderatorRule: '1' });

const { signedIn } = app;

describe('/account', () => {
  it('changes the own name, language and picture, and nothing that rules read', async () => {
    const { visitor, user } = await signedIn('profile');
    const answer = await visitor.submit('/account', {
      displayName: 'Countess',
      language: 'de',
      avatarUrl: 'https://example.org/a.png',
      email: 'other@example.org',
      username: 'root',
      role: 'administrator',
      groups: 'chairs',
      attributes: '{"department":"all"}',
    });
    expect(answer.location).toBe('/account?saved');
    expect(await app.stores.users.findById(user.id)).toMatchObject({
      displayName: 'Countess',
      language: 'de',
      avatarUrl: 'https://example.org/a.png',
      email: undefined,
      username: 'profile',
      role: undefined,
      groups: ['staff'],
      attributes: {},
    });
    expect((await visitor.get('/account?saved')).text).toContain('lang="de"');
  });

  it.each([
    [{ displayName: '', language: '', avatarUrl: '' }],
    [{ displayName: 'x', language: '', avatarUrl: 'http://example.org/a.png' }],
    [{ displayName: 'x', language: '', avatarUrl: 'javascript:alert(1)' }],
  ])('shows the form again for %j', async (fields) => {
    const { visitor } = await signedIn(`bad-${Math.random().toString(36).slice(2)}`);
    expect((await visitor.submit('/account', fields)).status).toBe(400);
  });

  it.each(['fr', 'constructor', 'de-AT'])('refuses %s, which we do not speak', async (language) => {
    const { visitor, user } = await signedIn(`speaks-${language.toLowerCase()}`);
    const fields = { displayName: 'x', language, avatarUrl: '' };
    const answer = await visitor.submit('/account', fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('id="language-fault"');
    expect((await app.stores.users.findById(user.id))?.language).toBe(user.language);
  });

  it.each([
    '/account',
    '/account/password',
    '/account/sessions',
    '/account/activity',
    '/admin/issuers/main/integration',
  ])('%s is for people who are signed in', async (path) => {
    const answer = await app.visitor().get(path);
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/login\?returnTo=/);
  });
});

describe('/account/password', () => {
  const next = 'another long passphrase';

  it('changes it, ends the other sign-ins and keeps this one under a new secret', async () => {
    const { visitor } = await signedIn('changer');
    const other = app.visitor();
    await other.signIn('changer', PASSWORD);
    const before = visitor.cookies.get('__Host-roomkey');

    const fields = { currentPassword: PASSWORD, newPassword: next };
    expect((await visitor.submit('/account/password', fields)).status).toBe(200);
    expect((await other.get('/account')).location).toMatch(/^\/login/);
    expect((await visitor.get('/account')).status).toBe(200);
    expect(visitor.cookies.get('__Host-roomkey')).not.toBe(before);
    await app.visitor().signIn('changer', next);
  });

  it.each([
    ['wrong-current', 'wrong wrong wrong', next, 403],
    ['short-new', PASSWORD, 'short', 400],
    ['name-as-new', PASSWORD, 'name-as-new-name-as-new', 400],
    ['common-new', PASSWORD, 'passwordpassword', 400],
  ])('refuses %s', async (username, currentPassword, newPassword, status) => {
    const { visitor } = await signedIn(username);
    const answer = await visitor.submit('/account/password', { currentPassword, newPassword });
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain(PASSWORD);
    await app.visitor().signIn(username, PASSWORD);
  });
});

describe('/account/sessions', () => {
  it('shows where one is signed in and ends one of them at once', async () => {
    const { visitor, user } = await signedIn('sessions');
    const other = app.visitor();
    await other.signIn('sessions', PASSWORD);
    const [own, second] = await Promise.all(
      [visitor, other].map(async ({ cookies }) => {
        const { tokenHash } = await import('../../src/crypto/digest.ts');
        const hash = tokenHash(cookies.get('__Host-roomkey') ?? '');
        return (await app.stores.sessions.findAlive(hash, app.clock.now()))?.session.id ?? '';
      }),
    );
    const { text } = await visitor.get('/account/sessions');
    expect(text).toContain(second);
    await visitor.submit(
      '/account/sessions/end',
      { id: second ?? '' },
      { page: '/account/sessions' },
    );
    expect((await other.get('/account')).location).toMatch(/^\/login/);
    expect(await app.stores.sessions.listOfUser(user.id, app.clock.now())).toHaveLength(1);
    expect(own).not.toBe(second);
  });

  it('does not end another person’s', async () => {
    const { visitor } = await signedIn('nosy');
    const { user } = await signedIn('victim');
    const [session] = await app.stores.sessions.listOfUser(user.id, app.clock.now());
    const fields = { id: session?.id ?? '' };
    const answer = await visitor.submit('/account/sessions/end', fields, { page: '/account' });
    expect(answer.status).toBe(404);
    expect(await app.stores.sessions.listOfUser(user.id, app.clock.now())).toHaveLength(1);
  });

  it('ends all others', async () => {
    const { visitor } = await signedIn('many');
    const others = [app.visitor(), app.visitor()];
    for (const other of others) await other.signIn('many', PASSWORD);
    await visitor.submit('/account/sessions/end-others', {}, { page: '/account/sessions' });
    for (const other of others) expect((await other.get('/account')).status).toBe(303);
    expect((await visitor.get('/account')).status).toBe(200);
  });
});

describe('/account/activity', () => {
  it('shows the own sign-ins, tokens and refusals, page by page', async () => {
    const { visitor } = await signedIn('active', []);
    for (let index = 0; index < 27; index++) await visitor.get(`/jitsi/login?room=closed-${index}`);
    const { text } = await visitor.get('/account/activity');
    expect(text).toContain('closed-26');
    expect(text).not.toContain('closed-0<');
    const older = /href="(\/account\/activity\?before=\d+)"/.exec(text)?.[1] ?? '';
    expect((await visitor.get(older)).text).toContain('closed-0');
  });
});

describe('/account/activity of somebody whose password was guessed at', () => {
  it('shows the attempt', async () => {
    const { visitor, user } = await signedIn('target');
    await app.visitor().submit('/login', { username: 'target', password: 'a wrong guess' });
    const events = await app.stores.auditEvents.list({ aboutUserId: user.id, limit: 1 });
    expect(events[0]?.type).toBe('session.refused');
    const { text } = await visitor.get('/account/activity');
    expect(text.match(/<li/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  });
});

describe('a session', () => {
  it('ends when unused for eight hours, and after a day in any case', async () => {
    const { visitor } = await signedIn('idler');
    app.clock.advance(8 * 3600 - 1);
    expect((await visitor.get('/account')).status).toBe(200);
    app.clock.advance(8 * 3600);
    expect((await visitor.get('/account')).status).toBe(303);
  });

  it('ends at the next request when the person is disabled', async () => {
    const { visitor, user } = await signedIn('dismissed');
    await app.stores.users.setDisabledAt(user.id, app.clock.now(), app.clock.now());
    expect((await visitor.get('/jitsi/login?room=a')).location).toMatch(/^\/login/);
  });
});

describe('/admin/issuers/{slug}/integration', () => {
  it('gives an administrator the exact lines, and no secret', async () => {
    const root = await app.addUser({ username: 'root', role: 'administrator' });
    await app.givePassword(root);
    const visitor = app.visitor();
    await visitor.signIn('root', PASSWORD);
    const { status, text } = await visitor.get('/admin/issuers/main/integration');
    expect(status).toBe(200);
    for (const line of [
      `JWT_ASAP_KEYSERVER=${PUBLIC_URL}/jitsi/asap`,
      'JICOFO_ENABLE_AUTH=0',
      'ENABLE_AUTO_OWNER=0',
      'XMPP_MUC_MODULES=token_affiliation',
    ])
      expect(text).toContain(line);
    expect((await visitor.get('/admin/issuers/nobody/integration')).status).toBe(404);
  });

  it('hands out each file with its explanations, as one to keep', async () => {
    const user = await app.addUser({ username: 'reader', role: 'auditor' });
    await app.givePassword(user);
    const visitor = app.visitor();
    await visitor.signIn('reader', PASSWORD);
    const at = '/admin/issuers/main/integration';
    const nix = await visitor.get(`${at}/roomkey.nix?platform=nixos&guests=wait_for_host`);
    expect(nix.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(nix.headers.get('content-disposition')).toBe('attachment; filename="roomkey.nix"');
    expect(nix.text).toContain('"muc_wait_for_host";');
    expect((await visitor.get(`${at}/roomkey.nix`)).status).toBe(404);
    expect((await visitor.get(`${at}?platform=windows`)).status).toBe(400);
  });

  it('is not for others', async () => {
    const { visitor } = await signedIn('curious');
    expect((await visitor.get('/admin/issuers/main/integration')).status).toBe(403);
  });
});
