/**
 * Each way in, for an account in each state: what comes of it, as a table.
 *
 * People begin active, with the way in used once; then something befalls them, or the directory they
 * come from.
 */
import { Attribute, Change } from 'ldapts';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { BinItem } from '../../src/domain/bin.ts';
import type { LdapUpstream } from '../../src/domain/upstreams/upstream.ts';
import type { User } from '../../src/domain/user.ts';
import { BY_CLI, CLI } from '../../src/operations/actor.ts';
import { restoreFromBin } from '../../src/operations/bin.ts';
import { disableUser, enableUser } from '../../src/operations/disable-user.ts';
import { inviteUser, PASSWORD_LINK_SECONDS } from '../../src/operations/people/password-links.ts';
import { removeUser } from '../../src/operations/people/remove-user.ts';
import { removeUpstream } from '../../src/operations/upstreams/remove-upstream.ts';
import { syncUpstream } from '../../src/operations/upstreams/sync.ts';
import { personDn, personLdif, SECRETS } from '../directory/ground.ts';
import { describeWithSlapd, type Slapd, startSlapd } from '../support/slapd.ts';
import type { Answer, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';
import { addDirectory } from './directory-ground.ts';
import { companyApp, keepLocalForAdministrators, pathOf } from './upstream-ground.ts';

/** `in`, or the status of the refusal; `new` is an account of its own; `-` says nothing. */
const TABLE = `
                             | own password | directory | provider | API key | password link | session
active                       | in           | in        | in       | in      | in            | in
disabled                     | 401          | 401       | 403      | 401     | 403           | out
disabled, and enabled again  | in           | in        | in       | in      | in            | out
removed                      | 401          | new       | new      | 401     | 403           | out
removed, and put back        | in           | in        | in       | in      | 403           | out
without a role               | in           | in        | in       | 403     | in            | in
disabled there               | -            | 401       | -        | -       | -             | in
disabled there, after a sync | -            | 401       | -        | -       | -             | out
enabled there again          | -            | in        | -        | -       | -             | out
deleted there                | -            | 401       | -        | -       | -             | in
deleted there, after a sync  | -            | 401       | -        | -       | -             | out
of a directory that is off   | in           | 401       | 404      | in      | in            | in
of a directory that is gone  | in           | 401       | 404      | in      | in            | in
not wanted locally           | 401          | in        | in       | in      | in            | in
a week later                 | in           | in        | in       | in      | 403           | out
`;
const [[, ...WAYS] = [], ...ROWS] = TABLE.trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

type Ground = Awaited<ReturnType<typeof companyApp>> & {
  readonly slapd: Slapd;
  readonly ldap: LdapUpstream;
};

describeWithSlapd('a way in', () => {
  let ground: Ground;
  let undo: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    const uids = ROWS.flatMap((_, row) => [nameOf('directory', row), nameOf('session', row)]);
    const slapd = await startSlapd(uids.map((uid) => personLdif({ uid })).join('\n'));
    const made = await companyApp();
    ground = { ...made, slapd, ldap: await addDirectory(made.app, slapd, { slug: 'people' }) };
  });

  afterEach(async () => {
    await undo?.();
    undo = undefined;
  });

  const cells = ROWS.flatMap(([state = '', ...outcomes], row) =>
    WAYS.map((way, column) => ({ way, state, outcome: outcomes[column], row })),
  ).filter(({ outcome }) => outcome !== '-');

  it.each(cells)('by $way, $state: $outcome', async ({ way, state, outcome, row }) => {
    const name = nameOf(way, row);
    const use = await WAY[way]!(ground, name);
    const before = await userOf(ground, name);
    undo = (await STATE[state]!({ ...ground, user: before })) ?? undefined;
    const after = await use();
    const isAnother = (await ground.app.stores.users.findByLoginName(name))?.user.id !== before.id;
    expect(after === 'in' && isAnother ? 'new' : after).toBe(outcome);
  });
});

function nameOf(way: string, row: number): string {
  return `${way.replaceAll(' ', '-').toLowerCase()}-${row}`;
}

async function userOf({ app }: Ground, name: string): Promise<User> {
  const found = await app.stores.users.findByLoginName(name);
  if (!found) throw new Error(`nobody is ${name}`);
  return found.user;
}

type Use = () => Promise<string>;

/** Makes a person of this name, who uses the way once; gives what happens when they do so again. */
const WAY: Readonly<Record<string, (ground: Ground, name: string) => Promise<Use>>> = {
  async 'own password'({ app }, name) {
    await app.person(name);
    return using(() => login(app.visitor(), name, PASSWORD));
  },
  async directory({ app }, name) {
    return using(() => login(app.visitor(), name, `${name} password`));
  },
  async provider({ app, provider }, name) {
    return using(async () => {
      provider.person = { sub: `sub-${name}`, preferred_username: name };
      const visitor = app.visitor();
      const begun = await visitor.get('/upstream/company/login');
      if (begun.location === undefined) return String(begun.status);
      return statusOf(await visitor.get(pathOf((await provider.pass(begun.location)).href)));
    });
  },
  async 'API key'({ app }, name) {
    const maker = await app.addUser({ username: name, role: 'administrator' });
    await app.addUser({ role: 'administrator' });
    const key = await app.apiKey(['users:read'], maker);
    return using(async () => {
      const { status } = await app.api('GET', '/api/v1/users', { key });
      return status === 200 ? 'in' : String(status);
    });
  },
  async 'password link'({ app }, name) {
    const { id } = await app.addUser({ username: name });
    const { token } = await inviteUser(app.context, { ...BY_CLI, who: { id } });
    const address = `/password/${token}`;
    const password = 'Seven herons over the old mill';
    return async () => {
      const visitor = app.visitor();
      await visitor.get('/login');
      const { status } = await visitor.submit(
        address,
        { username: name, password },
        { page: address },
      );
      return status === 200 ? 'in' : String(status);
    };
  },
  async session({ app }, name) {
    const visitor = app.visitor();
    await login(visitor, name, `${name} password`);
    return using(async () => ((await visitor.get('/account')).status === 200 ? 'in' : 'out'));
  },
};

async function using(use: Use): Promise<Use> {
  expect(await use()).toBe('in');
  return use;
}

async function login(visitor: Visitor, username: string, password: string) {
  return statusOf(await visitor.submit('/login', { username, password }));
}

function statusOf({ status }: Answer): string {
  return status === 303 ? 'in' : String(status);
}

type Befall = (who: Ground & { readonly user: User }) => Promise<(() => Promise<void>) | void>;

const STATE: Readonly<Record<string, Befall>> = {
  async active() {},
  async disabled({ app, user }) {
    await disableUser(app.context, { ...BY_CLI, who: { id: user.id } });
  },
  async 'disabled, and enabled again'({ app, user }) {
    const input = { ...BY_CLI, who: { id: user.id } };
    await disableUser(app.context, input);
    await enableUser(app.context, input);
  },
  async removed({ app, user }) {
    await removeUser(app.context, { ...BY_CLI, who: { id: user.id } });
  },
  async 'removed, and put back'({ app, user }) {
    const { id } = await removeUser(app.context, { ...BY_CLI, who: { id: user.id } });
    await restoreFromBin(app.context, { ...BY_CLI, id });
  },
  async 'without a role'({ app, user }) {
    await app.stores.users.update({ ...user, role: undefined }, app.clock.now());
  },
  'disabled there': ({ slapd, user }) => lock(slapd, user, 'TRUE'),
  async 'disabled there, after a sync'(who) {
    await lock(who.slapd, who.user, 'TRUE');
    await sync(who);
  },
  async 'enabled there again'(who) {
    await lock(who.slapd, who.user, 'TRUE');
    await sync(who);
    await lock(who.slapd, who.user, 'FALSE');
    await sync(who);
  },
  'deleted there': ({ slapd, user }) =>
    slapd.change((client) => client.del(personDn(user.username))),
  async 'deleted there, after a sync'(who) {
    await who.slapd.change((client) => client.del(personDn(who.user.username)));
    await sync(who);
  },
  async 'of a directory that is off'(who) {
    await setDisabled(who, true);
    return () => setDisabled(who, false);
  },
  async 'of a directory that is gone'({ app, upstream, ldap }) {
    const removed: BinItem[] = [];
    for (const { slug } of [upstream, ldap])
      removed.push(await removeUpstream(app.context, { slug, ...BY_CLI }));
    await app.catalog.refresh();
    return async () => {
      for (const { id } of removed) await restoreFromBin(app.context, { ...BY_CLI, id });
      await app.catalog.refresh();
    };
  },
  async 'not wanted locally'({ app }) {
    await keepLocalForAdministrators(app);
    return async () => {
      await app.database.knex('settings').del();
      await app.stores.catalogVersion.bump();
      await app.catalog.refresh();
    };
  },
  async 'a week later'({ app }) {
    app.clock.advance(PASSWORD_LINK_SECONDS);
    return async () => app.clock.advance(-PASSWORD_LINK_SECONDS);
  },
};

function lock(slapd: Slapd, { username }: User, value: string): Promise<void> {
  const modification = new Attribute({ type: 'nsAccountLock', values: [value] });
  return slapd.change((client) =>
    client.modify(personDn(username), new Change({ operation: 'replace', modification })),
  );
}

async function sync({ app, ldap }: Ground): Promise<void> {
  app.clock.advance(1);
  const how = { upstream: ldap, secrets: SECRETS, trial: false, force: true, actor: CLI };
  expect(await syncUpstream(app.context, how)).toMatchObject({ state: 'done' });
}

async function setDisabled({ app, ...both }: Ground, disabled: boolean): Promise<void> {
  const kept = { secret: undefined, privateKey: undefined };
  for (const one of [both.upstream, both.ldap])
    await app.stores.upstreams.update({ ...one, disabled }, kept, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
}
