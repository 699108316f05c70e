import { describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
await app.addIssuer({ name: 'Meetings', useRule: "inGroup('staff')", moderatorRule: '1' });

const { person, signedIn } = app;

describe('GET /login', () => {
  it('says which room of which server one is on the way to', async () => {
    const answer = await app.visitor().get('/login?returnTo=%2Fjitsi%2Flogin%3Froom%3Dstandup');
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('standup');
    expect(answer.text).toContain('meet.example.org');
    expect(answer.headers.get('Content-Security-Policy')).toContain(
      "form-action 'self' https://meet.example.org",
    );
  });

  it('moves on who is signed in', async () => {
    const { visitor } = await signedIn('already');
    expect((await visitor.get('/login?returnTo=/account')).location).toBe('/account');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'refuses to return to %s',
    async (returnTo) => {
      const query = new URLSearchParams({ returnTo }).toString();
      expect((await app.visitor().get(`/login?${query}`)).status).toBe(400);
    },
  );

  it('speaks the language that is asked for, or switched to', async () => {
    const visitor = app.visitor();
    const german = await visitor.get('/login', { 'Accept-Language': 'de-CH,de;q=0.9' });
    expect(german.text).toContain('lang="de"');
    await visitor.submit('/language', { language: 'en', returnTo: '/login' }, { page: '/login' });
    const english = await visitor.get('/login', { 'Accept-Language': 'de' });
    expect(english.text).toContain('lang="en"');
  });
});

describe('POST /login', () => {
  it('signs in, with cookies only this host can set, and goes back to the room', async () => {
    await person('ada');
    const visitor = app.visitor();
    const fields = { username: 'ADA', password: PASSWORD, returnTo: '/jitsi/login?room=standup' };
    const answer = await visitor.submit('/login', fields);
    expect(answer.status).toBe(303);
    expect(answer.location).toBe('/jitsi/login?room=standup');
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('__Host-roomkey='));
    expect(cookie).toMatch(/path=\//i);
    expect(cookie).toMatch(/httponly/i);
    expect(cookie).toMatch(/secure/i);
    expect(cookie).toMatch(/samesite=lax/i);
    expect(cookie).not.toMatch(/expires|domain/i);
    expect((await visitor.get('/jitsi/login?room=standup')).location).toMatch(
      /^https:\/\/meet\.example\.org\/standup\?jwt=/,
    );
  });

  it('answers the same for a wrong password, an unknown name and a disabled person', async () => {
    await person('known');
    const gone = await person('gone');
    await app.stores.users.setDisabledAt(gone.id, app.clock.now(), app.clock.now());
    const answers = [];
    for (const [username, password] of [
      ['known', 'wrong wrong wrong'],
      ['nobody', 'wrong wrong wrong'],
      ['gone', PASSWORD],
    ] as const)
      answers.push(await app.visitor().submit('/login', { username, password }));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    const bare = answers.map(({ text }, index) =>
      text
        .replaceAll(['known', 'nobody', 'gone'][index] ?? '', 'NAME')
        .replace(/name="csrf" value="[^"]*"/g, ''),
    );
    expect(new Set(bare).size).toBe(1);
  });

  it('keeps the name that was typed, and never the password', async () => {
    const answer = await app
      .visitor()
      .submit('/login', { username: 'typed-name', password: 'typed-password' });
    expect(answer.text).toContain('value="typed-name"');
    expect(answer.text).not.toContain('typed-password');
    expect(answer.text).toContain('role="alert"');
  });

  it('makes one wait after a few failures, with the same words for a name nobody has', async () => {
    await person('guessed');
    for (const username of ['guessed', 'nobody-at-all']) {
      const visitor = app.visitor();
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 6; attempt++)
        statuses.push((await visitor.submit('/login', { username, password: 'x' })).status);
      expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
      const limited = await visitor.submit('/login', { username, password: 'x' });
      expect(Number(limited.headers.get('Retry-After'))).toBeGreaterThan(0);
    }
  });

  it('never keeps a sign-in of before: the session’s secret is a new one', async () => {
    await person('fixed');
    const visitor = app.visitor();
    visitor.cookies.set('__Host-roomkey', 'a'.repeat(43));
    await visitor.signIn('fixed', PASSWORD);
    expect(visitor.cookies.get('__Host-roomkey')).not.toBe('a'.repeat(43));
  });

  it('refuses a form from another site', async () => {
    await person('csrf');
    const fields = { username: 'csrf', password: PASSWORD };
    const forged = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };
    const answer = await app.visitor().submit('/login', fields, { headers: forged });
    expect(answer.status).toBe(403);
    const old = { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' };
    expect((await app.visitor().submit('/login', fields, { headers: old })).status).toBe(403);
  });
});

describe('POST /logout', () => {
  it('ends the sign-in on the server, not only in the browser', async () => {
    const { visitor } = await signedIn('leaver');
    const cookie = visitor.cookies.get('__Host-roomkey') ?? '';
    const answer = await visitor.submit('/logout', {}, { page: '/account' });
    expect(answer.location).toBe('/logout');
    expect((await visitor.get('/logout')).status).toBe(200);
    visitor.cookies.set('__Host-roomkey', cookie);
    expect((await visitor.get('/account')).location).toMatch(/^\/login/);
  });
});

describe('GET /?issuer=&room=', () => {
  it.each([
    ['staff', 'class="role moderator"'],
    ['guests', 'class="role denied"'],
  ])('tells one of %s what they will be, and writes nothing down', async (group, shown) => {
    const { visitor, user } = await signedIn(`asker-${group}`, [group]);
    const { text } = await visitor.get('/?issuer=main&room=Weekly%20Sync');
    expect(text).toContain('weekly sync');
    expect(text).toContain(shown);
    const [last] = await app.stores.auditEvents.list({ actorId: user.id, limit: 1 });
    expect(last?.type).toBe('session.started');
  });

  it('says what is wrong with a room that is none', async () => {
    const { visitor } = await signedIn('asker-wrong');
    expect((await visitor.get('/?issuer=main&room=a/b')).status).toBe(400);
    expect((await visitor.get('/?issuer=main&room=')).status).toBe(400);
    expect((await visitor.get('/?issuer=nobody&room=a')).status).toBe(200);
  });
});

describe('GET /', () => {
  it('sends a stranger to sign in', async () => {
    expect((await app.visitor().get('/')).location).toBe('/login?returnTo=%2F');
  });

  it('offers the servers, and recent rooms with the role one will have', async () => {
    const { visitor } = await signedIn('starter');
    await visitor.get('/jitsi/login?room=weekly-sync');
    const { text, headers } = await visitor.get('/');
    expect(headers.get('Content-Security-Policy')).toContain(
      "form-action 'self' https://meet.example.org",
    );
    expect(text).toContain('Meetings');
    expect(text).toContain('weekly-sync');
    expect(text).toContain('href="/jitsi/login?room=weekly-sync"');
  });

  it.each(['%27', 'it%27s', '%28%21%29', 'a%3Ab', '%2525'])(
    'leads back to the very room %s that one was in',
    async (room) => {
      const { visitor } = await signedIn(`was-in-${room.replaceAll('%', '.')}`);
      await visitor.get(`/jitsi/login?room=${room}`);
      const { status, text } = await visitor.get('/');
      expect(status).toBe(200);
      expect(text.toLowerCase()).toContain(`href="/jitsi/login?room=${room.toLowerCase()}"`);
    },
  );
});
