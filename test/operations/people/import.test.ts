import { beforeEach, describe, expect, it } from 'vitest';
import { BY_CLI } from '../../../src/operations/actor.ts';
import {
  beginImport,
  startImport,
  workOnImports,
} from '../../../src/operations/people/import/import-users.ts';
import { createGroup } from '../../../src/operations/people/groups.ts';
import { signIn } from '../../../src/operations/sign-in.ts';
import { importing, manager, OPTIONS } from '../../support/imports.ts';
import { addPerson, aSignIn, RIGHT_HASH } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const { begin, deps, run, told } = importing(ground);

beforeEach(async () => {
  for (const table of ['users', 'groups', 'imports', 'login_counters', 'audit_events'])
    await database.knex(table).del();
});

const find = async (name: string) => (await stores.users.findByLoginName(name))?.user;

describe('a list of people', () => {
  it.each([
    ['a\0b.csv', 'a\uFFFDb.csv'],
    ['a\u202Evsc.exe', 'a\uFFFDvsc.exe'],
    [`${'x'.repeat(199)}\u{1F600}`, `${'x'.repeat(199)}\uFFFD`],
  ])('is kept under a name that can be shown: %j', async (fileName, kept) => {
    const bytes = Buffer.from('username\nada\n');
    const { id } = await beginImport(deps, { fileName, bytes, options: OPTIONS, ...manager });
    expect((await stores.imports.find(id))?.fileName).toBe(kept);
  });

  it('is tried without writing anything, then done', async () => {
    await createGroup(deps, { ...BY_CLI, name: 'staff' });
    const text = [
      'Username;Name;E-Mail;Groups;attribute.floor:number;attribute.tags:list;Disabled;source',
      'ada;"Lovelace; Ada";ada@example.org;STAFF;3;a; b;no;local',
      'eve;;;;;;;',
    ].join('\r\n');
    const { id } = await begin(`\uFEFF${text.replace('a; b', '"a; b"')}\r\n`);
    expect((await stores.imports.find(id))?.state).toBe('checking');
    await workOnImports(deps);
    expect(await told(id)).toEqual(['2 created', '3 created']);
    expect(await find('ada')).toBeUndefined();
    await startImport(deps, { id, ...manager });
    await workOnImports(deps);
    expect(await find('ada')).toMatchObject({
      displayName: 'Lovelace; Ada',
      email: 'ada@example.org',
      groups: ['staff'],
      attributes: { floor: 3, tags: ['a', 'b'] },
      disabledAt: undefined,
    });
    expect(await find('eve')).toMatchObject({ displayName: 'eve', groups: [] });
    expect(await stores.imports.find(id)).toMatchObject({
      state: 'done',
      processed: 2,
      counts: { created: 2 },
    });
    const events = await stores.auditEvents.list({ limit: 9 });
    expect(events.map(({ type, actorName }) => [type, actorName])).toEqual([
      ['users.imported', 'mona'],
      ['user.created', 'mona'],
      ['user.created', 'mona'],
      ['group.created', 'cli'],
    ]);
  });

  it('changes those who are there, and only what it says of them', async () => {
    await addPerson(ground, { username: 'ada', email: 'ada@example.org', language: 'de' });
    await addPerson(ground, { username: 'bob' });
    const text = 'username,displayName,language\nADA,Countess,\nbob,,en\nbob2,,\n';
    const first = await run(text);
    expect(first.tried).toEqual(['2 changed displayName', '3 changed language', '4 created']);
    expect(await find('ada')).toMatchObject({
      username: 'ada',
      displayName: 'Countess',
      email: 'ada@example.org',
      language: 'de',
    });
    const again = await run(text);
    expect(again.tried).toEqual(['2 same', '3 same', '4 same']);
    expect(again.done).toEqual(['2 same', '3 same', '4 same']);
  });

  it('leaves those who are there, when told to', async () => {
    await addPerson(ground, { username: 'ada' });
    const { done } = await run('username,name\nada,x\n', { ...OPTIONS, existing: 'leave' });
    expect(done).toEqual(['2 same exists']);
  });

  it('makes the groups it names, when told to, each once', async () => {
    const text = 'username,groups\nada,"Night; DAY"\neve,night\n';
    expect((await run(text)).tried).toEqual([
      '2 error field groups names a group that is not there: Night',
      '3 error field groups names a group that is not there: night',
    ]);
    await run(text, { ...OPTIONS, groups: 'make' });
    expect((await find('ada'))?.groups).toEqual(['DAY', 'Night']);
    expect((await find('eve'))?.groups).toEqual(['Night']);
  });

  it('takes argon2id hashes', async () => {
    await run(`username,passwordHash\nada,${quote(RIGHT_HASH)}\n`);
    expect((await signIn(deps, aSignIn())).user.username).toBe('ada');
    const [row] = await database.knex('import_rows');
    expect(row.cells).toBeNull();
    expect((await run(`username,passwordHash\nada,${quote(RIGHT_HASH)}\n`)).done).toEqual([
      '2 same',
    ]);
  });

  it('gives back what was exported safely', async () => {
    await run(`username,name\nada,'=1+1\neve,'quoted\n`);
    expect((await find('ada'))?.displayName).toBe('=1+1');
    expect((await find('eve'))?.displayName).toBe("'quoted");
  });

  it('says of each row what is wrong with it, and does the others', async () => {
    await addPerson(ground, { username: 'root', role: 'administrator', email: 'root@x.org' });
    await addPerson(ground, { username: 'lda', source: 'ldap', email: 'lda@x.org' });
    const rows = [
      ',x,,',
      'ok,x,ok@example.org,',
      'OK,again,,',
      'ok2,,ok@example.org,',
      'bad1,,nonsense,',
      'bad2,,root@x.org,',
      'lda@x.org,,,',
      'root,Changed,,',
      'lda,Changed,,',
      'new,,,administrator',
      'extra,,,,,more',
      'bad3,,,,maybe',
      `bad4,${'x'.repeat(10_000)},,`,
      'bad5,a\u202Eb,,',
      'bad6,a\0b,,',
    ];
    const { tried, done } = await run(`username,name,email,role,disabled\n${rows.join('\n')}\n`);
    expect(tried).toEqual([
      '2 error field username must not be empty',
      '3 created',
      '4 error duplicate 3',
      '5 error duplicate 3',
      '6 error field email must be an e-mail address',
      '7 error login_name_taken root@x.org',
      '8 error login_name_taken lda@x.org',
      '9 error rights_too_high',
      '10 error not_local ldap',
      '11 error permission_required',
      '12 error cells',
      '13 error field disabled must be yes or no',
      '14 error field displayName must not be longer than 200 characters',
      '15 error field displayName must be one line of text',
      '16 error field NUL',
    ]);
    expect(done).toEqual(tried);
    expect((await stores.users.search({ limit: 50 })).total.count).toBe(3);
  });

  it('leaves the last administrator', async () => {
    await addPerson(ground, { username: 'a', role: 'administrator' });
    await addPerson(ground, { username: 'b', role: 'administrator' });
    const text = 'username,disabled\na,yes\nb,yes\n';
    expect((await run(text, OPTIONS, BY_CLI)).done).toEqual([
      '2 changed disabled',
      '3 error last_administrator',
    ]);
  });

  it('is done once, however often it is started', async () => {
    const { id } = await begin('username\nada\n');
    const start = () => startImport(deps, { id, ...manager });
    await expect(start()).rejects.toMatchObject({ code: 'import_not_ready' });
    await workOnImports(deps);
    const both = await Promise.allSettled([start(), start()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await Promise.all([workOnImports(deps), workOnImports(deps)])).toContain(1);
    await expect(start()).rejects.toMatchObject({ code: 'import_not_ready' });
    for (const wrong of ['nope', crypto.randomUUID()])
      await expect(startImport(deps, { id: wrong, ...manager })).rejects.toMatchObject({
        code: 'import_not_found',
      });
  });

  it('sees what changed since it was tried', async () => {
    const { id } = await begin('username,email\nada,ada@example.org\n');
    await workOnImports(deps);
    await addPerson(ground, { username: 'eve', email: 'ada@example.org' });
    await startImport(deps, { id, ...manager });
    await workOnImports(deps);
    expect(await told(id)).toEqual(['2 error login_name_taken ada@example.org']);
  });

  it('goes on where a process stopped', async () => {
    const { id } = await begin(`username\n${names(150)}\n`);
    const now = deps.clock.now();
    const claimed = await stores.imports.claim(now, new Date(now.getTime() + 60_000));
    expect(claimed?.id).toBe(id);
    expect(await workOnImports(deps)).toBe(0);
    deps.clock.advance(61);
    expect(await workOnImports(deps)).toBe(150);
    expect((await stores.imports.find(id))?.counts).toEqual({ created: 150 });
  });

  it('does one row that fails beyond expectation without losing the others', async () => {
    await database.knex.raw(`
      create function refuse_bad() returns trigger language plpgsql as $$
        begin if new.username = 'bad' then raise exception 'no'; end if; return new; end $$;
      create trigger refuse_bad before insert on users for each row execute function refuse_bad();
    `);
    const { done } = await run('username\na\nbad\nb\n');
    await database.knex.raw('drop trigger refuse_bad on users');
    expect(done).toEqual(['2 created', '3 error unexpected', '4 created']);
    expect(await find('b')).toBeDefined();
  });
});

function quote(text: string): string {
  return `"${text}"`;
}

function names(count: number): string {
  return Array.from({ length: count }, (_, nth) => `person-${nth}`).join('\n');
}
