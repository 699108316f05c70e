/**
 * What the sign-in page tells strangers of a directory: nothing, whoever they ask for.
 */
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { BY_CLI } from '../../src/operations/actor.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { removeUser } from '../../src/operations/people/remove-user.ts';
import { personLdif } from '../directory/ground.ts';
import { describeWithSlapd } from '../support/slapd.ts';
import { PASSWORD } from '../support/world.ts';
import { directoryApp } from './directory-ground.ts';

const PEOPLE = [
  { uid: 'ada' },
  { uid: 'known' },
  { uid: 'barred' },
  { uid: 'shut', more: ['nsAccountLock: TRUE'] },
  { uid: 'expired', more: ['accountExpires: 132000000000000000'] },
  { uid: 'locked', more: ['pwdAccountLockedTime: 000001010000Z'] },
  { uid: 'twin1', more: ['mail: twins@example.org'] },
  { uid: 'twin2', more: ['mail: twins@example.org'] },
];

/** Name and password, of whom the answer may not depend. */
const WRONG: readonly (readonly [string, string, string])[] = [
  ['nobody', 'nobody', 'wrong'],
  ['nobody, by an address', 'nobody@example.org', 'wrong'],
  ['somebody there, unknown here', 'ada', 'wrong'],
  ['somebody there, without a password', 'ada', ''],
  ['somebody who was here before', 'known', 'wrong'],
  ['somebody who was here before, without a password', 'known', ' '],
  ['somebody disabled here, with the right password', 'barred', 'barred password'],
  ['somebody disabled there', 'shut', 'wrong'],
  ['somebody disabled there, with the right password', 'shut', 'shut password'],
  ['somebody expired there, with the right password', 'expired', 'expired password'],
  ['somebody locked there, with the right password', 'locked', 'locked password'],
  ['two at once, with the right password', 'twins@example.org', 'twin1 password'],
  ['everybody', '*', 'ada password'],
  ['a filter', 'ada)(uid=*', 'ada password'],
  ['an account of our own', 'local', 'wrong'],
  ['an account of our own that is disabled', 'local-off', PASSWORD],
  ['an account of our own that is removed', 'local-gone', PASSWORD],
  ['an account that waits for its password', 'waiting', PASSWORD],
];

describeWithSlapd('the answer to a wrong password', () => {
  let ground: Awaited<ReturnType<typeof directoryApp>>;

  beforeAll(async () => {
    ground = await directoryApp(PEOPLE.map(personLdif).join('\n'));
    const { app } = ground;
    for (const uid of ['known', 'barred']) await app.visitor().signIn(uid, `${uid} password`);
    for (const name of ['local', 'local-off', 'local-gone']) await app.person(name);
    await app.addUser({ username: 'waiting' });
    for (const name of ['barred', 'local-off'])
      await disableUser(app.context, { ...BY_CLI, who: { name } });
    await removeUser(app.context, { ...BY_CLI, who: { name: 'local-gone' } });
  });

  beforeEach(async () => void (await ground.app.database.knex('login_counters').del()));

  async function answerTo(username: string, password: string) {
    const { status, text, headers } = await ground.app
      .visitor()
      .submit('/login', { username, password });
    return { status, page: withoutTheirOwn(text, username), headers: [...headers.keys()] };
  }

  it.each(WRONG)('is the same for %s', async (_who, username, password) => {
    const nobody = await answerTo('not-there', 'wrong');
    expect(nobody.status).toBe(401);
    expect(await answerTo(username, password)).toEqual(nobody);
  });

  it('is the same for everybody while the directory is down', async () => {
    const { app, slapd } = ground;
    await slapd.halt();
    const nobody = await answerTo('not-there', 'wrong');
    expect(nobody.status).toBe(503);
    for (const [, username] of WRONG.filter(([who]) => who.startsWith('somebody')))
      expect(await answerTo(username, 'wrong')).toEqual(nobody);
    await slapd.resume();
    app.clock.advance(11);
    expect((await answerTo('not-there', 'wrong')).status).toBe(401);
  });
});

/** What differs in any two answers: the name as typed, tokens and references. */
function withoutTheirOwn(text: string, username: string): string {
  return text
    .replace(/value="[^"]*"/g, (value) =>
      value === `value="${username}"` ? 'value="NAME"' : value,
    )
    .replaceAll(/(name="csrf" value|nonce)="[^"]*"/g, '$1=""')
    .replaceAll(/[A-Z0-9]{8}/g, 'REF');
}
