import { beforeAll, beforeEach, expect, it } from 'vitest';
import { personLdif } from '../directory/ground.ts';
import { describeWithSlapd } from '../support/slapd.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';
import { directoryApp } from './directory-ground.ts';

const PAGE = '/account/ways-in';

describeWithSlapd('linking one’s account to a directory that asks for a password', () => {
  let ground: Awaited<ReturnType<typeof directoryApp>>;
  let visitor: Visitor;
  let userId: string;

  beforeAll(async () => {
    const more = ['mail: boss@example.org'];
    const people = [{ uid: 'lovelace' }, { uid: 'boss', more }];
    const shut = personLdif({ uid: 'shut', more: ['nsAccountLock: TRUE'] });
    const ldif = [...people.map(personLdif), shut].join('\n');
    ground = await directoryApp(ldif, { attributes: {}, groups: '[]' });
  });
  beforeEach(async () => {
    const { app } = ground;
    for (const table of ['identities', 'login_counters', 'users'])
      await app.database.knex(table).del();
    const ada = await app.addUser({ username: 'ada', email: 'ada@example.org' });
    await app.givePassword(ada);
    userId = ada.id;
    visitor = app.visitor();
    await visitor.signIn('ada', PASSWORD);
  });

  const link = async (name: string, password: string, browser = visitor) => {
    const fields = { upstream: 'company', name, password };
    const { status, location, text } = await browser.submit(`${PAGE}/link`, fields, { page: PAGE });
    return location ?? [status, text.includes('Name or password is wrong')];
  };
  const links = () => ground.app.database.knex('identities').select('user_id');

  it('is for who knows the password there', async () => {
    expect((await visitor.get(PAGE)).text).toContain('Your name there');
    for (const [name, password] of [
      ['lovelace', 'wrong'],
      ['lovelace', ''],
      ['nobody', 'lovelace password'],
      ['love*', 'lovelace password'],
      ['shut', 'shut password'],
    ] as const)
      expect([name, await link(name, password)]).toEqual([name, [403, true]]);
    expect(await links()).toEqual([]);

    expect(await link('lovelace', 'lovelace password')).toBe(`${PAGE}?linked`);
    expect(await links()).toEqual([{ user_id: userId }]);
    expect((await visitor.get(PAGE)).text).not.toContain('Your name there');
    const elsewhere = ground.app.visitor();
    await elsewhere.signIn('lovelace', 'lovelace password');
    expect((await elsewhere.get('/account')).text).toContain('ada@example.org');
  });

  it('counts guesses as the sign-in page does, for the same name', async () => {
    for (let nth = 0; nth < 4; nth++) await link('boss', 'wrong');
    expect(await link('boss', 'boss password')).toEqual([429, false]);
    const elsewhere = ground.app.visitor();
    await expect(elsewhere.signIn('boss', 'boss password')).rejects.toThrow('429');
    expect(await links()).toEqual([]);
  });

  it('takes nobody else’s entry, and leads to nobody by a page of others', async () => {
    await ground.app.visitor().signIn('boss', 'boss password');
    expect(await link('boss', 'boss password')).toEqual([409, false]);
    const body = new URLSearchParams({
      upstream: 'company',
      name: 'lovelace',
      password: 'lovelace password',
    }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const forged = await visitor.request(`${PAGE}/link`, { method: 'POST', headers, body });
    expect(forged.status).toBe(403);
    expect(await links()).toHaveLength(1);
  });

  it('is for who proved lately who they are, and says when the directory is down', async () => {
    const { app, slapd } = ground;
    await slapd.halt();
    expect(await link('lovelace', 'lovelace password')).toEqual([503, false]);
    await slapd.resume();
    app.clock.advance(16 * 60);
    expect((await visitor.get(PAGE)).text).not.toContain('Your name there');
    expect(await link('lovelace', 'lovelace password')).toBe(PAGE);
    expect(await links()).toEqual([]);
  });
});
