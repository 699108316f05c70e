/**
 * "Test this directory", with a real LDAP directory behind it.
 *
 * @module
 */
import { beforeAll, expect, it } from 'vitest';
import { groupLdif, personDn, personLdif, reach, SECRETS } from '../directory/ground.ts';
import { testApp } from '../support/app.ts';
import { visitorOf } from '../support/issuer-pages.ts';
import { describeWithSlapd, SERVICE, type Slapd, startSlapd } from '../support/slapd.ts';
import type { Visitor } from '../support/visitor.ts';
import { ASKED, TEST, wordsOf } from './trial-ground.ts';

describeWithSlapd('the test of an LDAP directory', () => {
  let slapd: Slapd;
  let app: Awaited<ReturnType<typeof testApp>>;
  let root: Visitor;

  beforeAll(async () => {
    slapd = await startSlapd(
      [
        personLdif({ uid: 'ada', more: ['displayName: Ada Lovelace'] }),
        personLdif({ uid: 'eve', more: ['nsAccountLock: TRUE'] }),
        groupLdif('staff', [personDn('ada')]),
      ].join('\n'),
    );
    app = await testApp({ ALLOW_LOOPBACK: '1' });
    await app.addIssuer({ useRule: "inGroup('staff')" });
    const urls = [`ldap://127.0.0.1:${slapd.port}`];
    const { upstream } = reach(slapd, { urls, groups: 'claims.groups' });
    await app.stores.upstreams.add(upstream, SECRETS, app.clock.now());
    await app.stores.catalogVersion.bump();
    await app.catalog.refresh();
    root = await visitorOf(app, 'administrator');
  });

  const test = async (fields: Record<string, string>) => {
    const { status, text } = await root.submit(TEST, { ...ASKED, ...fields });
    expect(status).toBe(200);
    return { text, words: wordsOf(text) };
  };

  it('goes up to the decision, and writes nothing', async () => {
    const { text, words } = await test({ login: 'ada', password: 'ada password' });
    for (const part of [
      'Every step went well.',
      'The password is tried well',
      'A new account would be made: ada',
      'Into standup: allowed, as participant',
    ])
      expect(words).toContain(part);
    expect(text).toContain('&quot;staff&quot;');
    expect(await app.stores.users.findByLoginName('ada')).toBeUndefined();
    for (const secret of [SERVICE.password, 'ada password'])
      for (const told of [text, app.log()]) expect(told).not.toContain(secret);
  });

  it('tries the connection alone when nobody is named', async () => {
    const { words } = await test({ login: '' });
    expect(words).toContain('Every step went well.');
    expect(words).not.toContain('Who that is here');
  });

  it.each([
    ['a wrong password', { login: 'ada', password: 'wrong' }, 'Wrong at “The password is tried”:'],
    [
      'a name that is nobody',
      { login: 'nobody', password: 'x' },
      'Wrong at “The person is found”:',
    ],
  ])('names the first step that is wrong with %s', async (_what, fields, first) => {
    const { words } = await test(fields);
    expect(words).toContain(first);
    expect(words).not.toContain('Every step went well.');
  });

  it('says that an account is locked there', async () => {
    const { words } = await test({ login: 'eve', password: 'eve password' });
    expect(words).toMatch(/locked|may not sign in/);
    expect(words).not.toContain('A new account would be made');
  });

  it('is no way to guess a password that nobody counts', async () => {
    const key = await app.apiKey(['upstreams:write']);
    const guess = async (password: string) => {
      const body = { login: 'ada', password };
      const path = '/api/v1/upstreams/company/tests';
      const { status, json } = await app.api('POST', path, { key, body });
      return [status, json.error?.code];
    };
    const answers = [];
    for (let nth = 0; nth < 8; nth++) answers.push(await guess(`guess ${nth}`));
    expect(answers.at(0)).toEqual([200, undefined]);
    expect(answers.at(-1)).toEqual([429, 'login_limited']);
    // Which holds at the sign-in page, too.
    const there = await app.visitor().submit('/login', { username: 'ada', password: 'x' });
    expect(there.status).toBe(429);
    expect(
      (await app.api('POST', '/api/v1/upstreams/company/tests', { key, body: {} })).status,
    ).toBe(200);
  });

  it('says that a name is no room, beside its field', async () => {
    const { status, text } = await root.submit(TEST, { ...ASKED, room: 'a/b' });
    expect(status).toBe(400);
    expect(text).toContain('aria-invalid="true"');
  });
});
