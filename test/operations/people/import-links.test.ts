import { beforeEach, describe, expect, it } from 'vitest';
import { startImport, workOnImports } from '../../../src/operations/people/import/import-users.ts';
import {
  listLinks,
  sendFailedLinks,
  UNSENT,
} from '../../../src/operations/people/import/send-links.ts';
import { checkPasswordLink } from '../../../src/operations/people/password-links.ts';
import { importing, manager, OPTIONS } from '../../support/imports.ts';
import { RIGHT_HASH } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const { begin, deps, mails, refused, run } = importing(ground);

beforeEach(async () => {
  for (const table of ['users', 'imports', 'audit_events']) await database.knex(table).del();
});

const find = async (name: string) => (await stores.users.findByLoginName(name))?.user;

describe('links for those without a password', () => {
  const hash = `"${RIGHT_HASH}"`;
  const text = `username,email,passwordHash\na,a@x.org,\nb,,\nc,c@x.org,${hash}\nd,d@x.org,\n`;

  beforeEach(() => refused.clear());

  it('go to their addresses, when told to', async () => {
    refused.add('d@x.org');
    const { tried, done } = await run(text, { ...OPTIONS, links: 'mail' });
    expect(tried).toEqual(['2 created', '3 created', '4 created', '5 created']);
    expect(done).toEqual([
      '2 created mailed',
      '3 created no_address',
      '4 created',
      '5 created mail_failed',
    ]);
    const [mail] = mails.splice(0);
    const token = mail?.link.split('/').at(-1) ?? '';
    expect((await checkPasswordLink(deps, token)).username).toBe('a');
    expect(JSON.stringify(await database.knex('import_rows'))).not.toContain(token);
  });

  it('that were not sent go again when asked for, but not to who needs none by now', async () => {
    for (const name of ['a@x.org', 'd@x.org']) refused.add(name);
    const { id } = await run(text, { ...OPTIONS, links: 'mail' });
    expect(await stores.imports.countRows(id, UNSENT)).toBe(2);
    mails.splice(0);

    const a = await find('a');
    await stores.users.setPasswordHash(a?.id ?? '', RIGHT_HASH, deps.clock.now());
    expect(await sendFailedLinks(deps, { id, ...manager })).toBe(0);
    expect(await stores.imports.countRows(id, UNSENT)).toBe(1);
    refused.clear();
    expect(await sendFailedLinks(deps, { id, ...manager })).toBe(1);
    expect(await stores.imports.countRows(id, UNSENT)).toBe(0);
    expect(mails.splice(0).map(({ user }) => user.username)).toEqual(['d']);
  });

  it('wait to be sent from the moment their people are there: a process may die between', async () => {
    const dying = { ...deps, sendLink: () => Promise.reject(new Error('killed')) };
    const one = await begin('username,email\nlate,late@x.org\n', { ...OPTIONS, links: 'mail' });
    await workOnImports(deps);
    await startImport(deps, { id: one.id, ...manager });
    await workOnImports(dying).catch(() => undefined);
    const { items } = await stores.imports.rows({ id: one.id, codes: UNSENT, limit: 9 });
    expect(items.map(({ username }) => username)).toEqual(['late']);
  });

  it('can be taken as a list', async () => {
    const { id } = await run(text);
    expect(mails).toEqual([]);
    const lines: string[] = [];
    for await (const line of listLinks(deps, { id, ...manager })) lines.push(line);
    expect(lines.map((line) => line.split(',')[0])).toEqual(['username', 'a', 'b', 'd']);
    const token = /password\/([\w-]{43})/.exec(lines[1] ?? '')?.[1] ?? '';
    expect((await checkPasswordLink(deps, token)).username).toBe('a');
  });
});
