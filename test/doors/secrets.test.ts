/**
 * Canaries: secrets of every kind are laid down, then every page, every address of the API and
 * every download is read as an administrator. None of them says one.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/crypto/digest.ts';
import { PERMISSIONS } from '../../src/domain/permissions.ts';
import { ADMIN_ADDRESSES } from '../support/admin-addresses.ts';
import { API_CALLS } from '../support/api-calls.ts';
import { testApp } from '../support/app.ts';
import { crawl } from '../support/crawl.ts';
import { WIKI_SECRET } from '../support/relying-party.ts';
import type { Visitor } from '../support/visitor.ts';
import { HS_SECRET, PASSWORD } from '../support/world.ts';

const app = await testApp();
let root: Visitor;
let apiKey: string;
/** What it is → what must be nowhere. */
const canaries = new Map<string, string>();

beforeAll(async () => {
  await app.addIssuer();
  await app.addIssuer({ slug: 'hash', algorithm: 'HS256' });
  const person = await app.addUser({ username: 'root', role: 'administrator', groups: ['staff'] });
  await app.givePassword(person);
  const ada = await app.addUser({ username: 'ada', groups: ['staff'] });
  await app.givePassword(ada);
  root = app.visitor();
  await root.signIn('root', PASSWORD);
  apiKey = await app.apiKey(PERMISSIONS, person);

  const link = await app.api('POST', '/api/v1/users/ada/password-link', {
    key: apiKey,
    body: {},
  });
  const passwordLink = /[\w-]{43}$/.exec(link.json.link)?.[0] ?? '';
  expect((await app.visitor().get(`/password/${passwordLink}`)).status).toBe(200);

  const hash = (await app.stores.users.findPasswordHash(person.id)) ?? '';
  const cookie = (name: string) =>
    [...root.cookies].find(([known]) => known.endsWith(name))?.[1] ?? '';
  const secrets: readonly (readonly [string, string])[] = [
    ['the password', PASSWORD],
    ['the HS secret', HS_SECRET],
    ['the HS secret in base64', Buffer.from(HS_SECRET).toString('base64').slice(0, 40)],
    ['the password hash', hash],
    ['the salt of the password hash', hash.split('$')[4] ?? ''],
    ['the session cookie', cookie('roomkey')],
    ['the device cookie', cookie('device')],
    ['the API key', apiKey],
    ['the link to choose a password', passwordLink],
    ['the hash of the link', tokenHash(passwordLink).toString('hex')],
    ['the hash of the API key', tokenHash(apiKey).toString('hex')],
    ['the hash of the session cookie', tokenHash(cookie('roomkey')).toString('hex')],
    ['the secret of a client', WIKI_SECRET],
    ['ROOMKEY_SECRET', '07'.repeat(16)],
  ];
  for (const [what, secret] of secrets) {
    expect(secret.length, what).toBeGreaterThan(15);
    canaries.set(what, secret);
  }
});

const MARKS: readonly (readonly [string, RegExp])[] = [
  ['a private key', /PRIVATE KEY/],
  ['a hash of argon2', /\$argon2/],
  ['a private part of a JWK', /"(d|p|q|dp|dq|qi|k)"\s*:\s*"/],
];

function secretsIn(text: string): string[] {
  const found = [...canaries].filter(([, secret]) => text.includes(secret)).map(([what]) => what);
  return [...found, ...MARKS.filter(([, mark]) => mark.test(text)).map(([what]) => what)];
}

/** Where hashes belong. */
const HASHED = ['users', 'sessions', 'api_keys', 'password_links'];

describe('secrets', () => {
  it('are on no page an administrator reaches', { timeout: 120_000 }, async () => {
    const start = ['/admin', '/account', '/', '/admin/issuers'];
    for (const [key, row] of Object.entries(ADMIN_ADDRESSES))
      if (key.startsWith('GET ')) start.push(await row.at(app));
    const { pages } = await crawl(root, { start, prefix: '/', limit: 400 });
    expect(pages.length).toBeGreaterThan(start.length);
    const told = pages.flatMap(({ path, text }) => secretsIn(text).map((one) => [path, one]));
    expect(told).toEqual([]);
  });

  it('are in no answer of the API', { timeout: 120_000 }, async () => {
    const told: unknown[] = [];
    for (const [key, row] of Object.entries(API_CALLS)) {
      const call = await row.call(app);
      const answer = await app.api(key.split(' ')[0] ?? '', call.path, { ...call, key: apiKey });
      told.push(...secretsIn(answer.text).map((one) => [key, one]));
    }
    expect(told).toEqual([]);
  });

  it('are in no row as they are, and in no line of the log', async () => {
    const { rows: tables } = await app.database.knex.raw(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    );
    const told: unknown[] = [];
    for (const { table_name: table } of tables as { table_name: string }[]) {
      const { rows } = await app.database.knex.raw(`select t::text as line from "${table}" t`);
      for (const { line } of rows as { line: string }[])
        for (const one of secretsIn(line)) {
          const isKept = /^the (password )?hash|^the salt|^a hash/.test(one);
          const isItsTable = HASHED.includes(table);
          if (!(isKept && isItsTable)) told.push([table, one]);
        }
    }
    expect(told).toEqual([]);
    expect(secretsIn(app.log())).toEqual([]);
  });
});
