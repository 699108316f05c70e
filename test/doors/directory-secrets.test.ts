/**
 * Canaries of a directory: the password of its service account, those of its people, what it holds
 * that no claim is made of, and what somebody typed in the wrong field. All that can be done with
 * them is done; then everything that Roomkey says or keeps is read.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CLI } from '../../src/operations/actor.ts';
import { PERMISSIONS } from '../../src/domain/permissions.ts';
import { syncUpstream } from '../../src/operations/upstreams/sync.ts';
import { personLdif } from '../directory/ground.ts';
import { crawl } from '../support/crawl.ts';
import { describeWithSlapd, SERVICE } from '../support/slapd.ts';
import type { Visitor } from '../support/visitor.ts';
import { directoryApp } from './directory-ground.ts';

const CANARIES: Readonly<Record<string, string>> = {
  'the password of the service account': SERVICE.password,
  'another one, that is wrong': 'canary&bind=<wrong>"password"',
  'the password of somebody': 'canary, "ada" (pass) \\ word',
  'the password of another, whom nobody tried': 'canary of bob & all',
  'a password that is wrong': 'canary-wrong <password>',
  'a password typed for a name': 'canary-typed-for-a-name',
  'what a directory keeps as a secret': 'canary-of-a-key-in-the-directory',
};
const [, WRONG_BIND, ADA, BOB, WRONG, AS_NAME, KEY] = Object.values(CANARIES) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const ROOT = 'the password of root';

describeWithSlapd('what a directory entrusts to us', () => {
  let ground: Awaited<ReturnType<typeof directoryApp>>;
  let root: Visitor;
  let key: string;
  /** What was answered → by what. */
  const told = new Map<string, string>();

  beforeAll(async () => {
    const people = [
      { uid: 'ada', password: ADA, more: [`sambaNTPassword: ${KEY}`] },
      { uid: 'bob', password: BOB },
      { uid: 'root', password: ROOT },
      { uid: 'eve', password: WRONG, more: ['nsAccountLock: TRUE'] },
    ];
    ground = await directoryApp(people.map(personLdif).join('\n'));
    const { app } = ground;
    await app.visitor().signIn('root', ROOT);
    const found = await app.stores.users.findByLoginName('root');
    const administrator = { ...found!.user, role: 'administrator' } as const;
    await app.stores.users.update(administrator, app.clock.now());
    root = app.visitor();
    await root.signIn('root', ROOT);
    key = await app.apiKey(PERMISSIONS, administrator);
  });

  it('is told to nobody who signs in or is refused', async () => {
    const { app, slapd } = ground;
    const sign = async (username: string, password: string) => {
      const { text, headers } = await app.visitor().submit('/login', { username, password });
      // The form shows the name again to whoever typed it.
      const isShown = username === AS_NAME || username === ADA;
      if (!isShown) told.set(`sign-in of ${username}`, `${text}${JSON.stringify([...headers])}`);
    };
    await sign('ada', ADA);
    await sign('ada', WRONG);
    await sign('eve', WRONG);
    await sign(AS_NAME, WRONG);
    await sign(ADA, 'x');
    await slapd.halt();
    await sign('bob', BOB);
    await slapd.resume();
    app.clock.advance(11);
    expect(leaks()).toEqual([]);
  });

  it('is told to no administrator who sets it up, tests it or breaks it', async () => {
    const { app } = ground;
    const page = '/admin/upstreams/company';
    const submit = async (
      what: string,
      path: string,
      fields: Record<string, string>,
      at: string,
    ) => {
      const { text, status } = await root.submit(path, fields, { page: at });
      expect([what, status >= 500]).toEqual([what, false]);
      told.set(what, text);
    };
    for (const [login, password] of [
      ['ada', ADA],
      ['ada', WRONG],
      ['eve', WRONG],
      ['nobody', BOB],
    ] as const)
      await submit(
        `test of ${login}`,
        `${page}/test`,
        { login, password, issuer: 'main', room: 'x' },
        `${page}/test`,
      );

    const api = async (method: string, path: string, body?: unknown) => {
      const { text, status } = await app.api(method, `/api/v1${path}`, { key, body });
      told.set(`${method} ${path} ${JSON.stringify(body)}`.slice(0, 60), text);
      return status;
    };
    const upstream = '/upstreams/company';
    expect(await api('POST', `${upstream}/tests`, { login: 'ada', password: ADA })).toBe(200);
    expect(await api('PATCH', upstream, { name: 'Company', bindPassword: WRONG_BIND })).toBe(200);
    expect(await api('PATCH', upstream, { bindPassword: 7 })).toBe(400);
    expect(await api('PATCH', upstream, { bindPassword: `${WRONG_BIND}\n`, baseDn: '' })).toBe(400);
    expect(await api('POST', `${upstream}/tests`, { login: 'ada', password: ADA })).toBe(200);
    expect([...told.values()].join()).toContain('bind_refused');
    await submit(
      'test with the wrong one',
      `${page}/test`,
      { login: 'ada', password: ADA },
      `${page}/test`,
    );
    const broken = { type: 'ldap', bindPassword: WRONG_BIND, baseDn: '', urls: 'ldap://x' };
    await submit('a form that is wrong', page, broken, page);
    expect(await api('PATCH', upstream, { bindPassword: SERVICE.password })).toBe(200);
    expect(leaks()).toEqual([]);
  });

  it('is told by no sync', async () => {
    const { app, upstream } = ground;
    const sync = async (secret: string, trial: boolean) => {
      app.clock.advance(11);
      const secrets = { secret, privateKey: undefined };
      const run = await syncUpstream(app.context, {
        upstream,
        secrets,
        trial,
        force: true,
        actor: CLI,
      });
      told.set(`sync ${trial} ${secret.length}`, JSON.stringify(run));
      return run.state;
    };
    expect(await sync(SERVICE.password, true)).toBe('done');
    expect(await sync(WRONG_BIND, false)).toBe('failed');
    expect(await sync(SERVICE.password, false)).toBe('done');
    expect(leaks()).toEqual([]);
  });

  describe('is afterwards', () => {
    it('on no page', { timeout: 120_000 }, async () => {
      const start = [
        '/admin/upstreams/company',
        '/admin/upstreams/company/test',
        '/admin/audit',
        '/admin/audit/export?format=csv',
        '/admin/export/roomkey.yaml',
        '/admin/users/export.csv',
        '/account',
      ];
      const { pages } = await crawl(root, { start, prefix: '/', limit: 150 });
      for (const { path, text } of pages) told.set(path, text);
      expect(told.get('/admin/export/roomkey.yaml')).toContain('company');
      expect(told.get('/admin/audit')).toContain('ada');
      expect(leaks()).toEqual([]);
    });

    it('in no answer of the API', async () => {
      for (const path of [
        'upstreams',
        'upstreams/company',
        'upstreams/company/syncs',
        'users',
        'audit-events',
        'audit-events/export?format=csv',
        'exports/users',
      ])
        told.set(path, (await ground.app.api('GET', `/api/v1/${path}`, { key })).text);
      expect(leaks()).toEqual([]);
    });

    it('in no row as it is, and in no line of the log', async () => {
      const { app } = ground;
      const { rows: tables } = await app.database.knex.raw(
        `select table_name from information_schema.tables where table_schema = 'public'`,
      );
      for (const { table_name: table } of tables as { table_name: string }[]) {
        const { rows } = await app.database.knex.raw(`select t::text as line from "${table}" t`);
        told.set(table, (rows as { line: string }[]).map(({ line }) => line).join('\n'));
      }
      expect(told.get('audit_events')).toContain('upstream.synced');
      told.set('the log', app.log());
      expect(app.log()).toContain('/login');
      expect(leaks()).toEqual([]);
    });
  });

  function leaks() {
    return [...told].flatMap(([where, text]) =>
      Object.entries(CANARIES)
        .filter(([, secret]) => writings(secret).some((one) => text.includes(one)))
        .map(([what]) => `${what}: ${where}`),
    );
  }
});

/** The ways a text is written in a page, an address, JSON, a row, a header, and bytes. */
function writings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    html,
    html.replaceAll('"', '&quot;').replaceAll('\\', '&#92;'),
    json,
    json.replaceAll('\\', '\\\\').replaceAll('"', '""'),
    encodeURIComponent(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    bytes.toString('hex'),
    bytes.toString('base64').slice(0, -4),
    bytes.toString('base64url').slice(0, -4),
    bytes.join(','),
  ];
}
