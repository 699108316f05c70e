/**
 * A database of the first release, with people and issuers in it, brought to the newest schema:
 * nothing is lost, and the schema is that of a fresh one.
 */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Knex } from 'knex';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../src/crypto/secret-box.ts';
import { createStores } from '../../../src/stores/index.ts';
import { NOW } from '../../factories.ts';
import { testDatabase } from '../../support/database.ts';
import { TEST_SECRET } from '../../support/stores.ts';

const { knex, kind } = await testDatabase();
const folder = path.join(import.meta.dirname, '../../../migrations');
const files = (await readdir(folder)).filter((file) => file.endsWith('.js')).sort();

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}
const load = (file: string): Promise<Migration> => import(path.join(folder, file));

/** Columns, constraints and indexes, as text. */
async function schema(): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { line: string }[] }>(`
    select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable,
      column_default) as line
    from information_schema.columns where table_schema = 'public'
    union all
    select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
    union all
    select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
    order by 1`);
  return rows.map(({ line }) => line).filter((line) => !line.includes('knex_migrations'));
}

let fresh: string[];
let emptied: string[];
const ada = randomUUID();

beforeAll(async () => {
  fresh = await schema();
  for (const file of files.toReversed()) await (await load(file)).down(knex);
  emptied = await schema();

  const [first = '', ...later] = files;
  await (await load(first)).up(knex);
  await fillFirstRelease();
  for (const file of later) await (await load(file)).up(knex);
});

async function fillFirstRelease(): Promise<void> {
  const times = { created_at: NOW, updated_at: NOW };
  await knex('users').insert({
    id: ada,
    username: 'ada',
    display_name: 'Ada Lovelace',
    attributes: JSON.stringify({ department: 'maths' }),
    role: 'administrator',
    ...times,
  });
  await knex('login_names').insert({ name_key: 'ada', user_id: ada });
  const group = randomUUID();
  await knex('groups').insert({ id: group, name: 'staff', name_key: 'staff', created_at: NOW });
  await knex('group_members').insert({ group_id: group, user_id: ada });
  await knex('audit_events').insert({
    at: NOW,
    type: 'session.started',
    actor_id: ada,
    actor_name: 'Ada',
  });
  await knex('issuers').insert({
    id: randomUUID(),
    slug: 'main',
    name: 'Meetings',
    iss: 'https://auth.example.org/',
    app_id: 'jitsi',
    sub: '*',
    algorithm: 'RS256',
    rsa_bits: 2048,
    token_ttl_seconds: 300,
    longest_token_ttl_seconds: 300,
    nbf_skew_seconds: 10,
    delivery: 'query',
    skip_prejoin: true,
    any_room: false,
    use_rule: '1',
    mapping: '{}',
    extra_claims: '{}',
    ...times,
  });
}

describe('a database of the first release', () => {
  it('ends with the schema of a fresh one', async () => {
    expect(fresh.length).toBeGreaterThan(100);
    expect(await schema()).toEqual(fresh);
  });

  it('could be taken back to nothing', () => {
    expect(emptied).toEqual([]);
  });

  it('keeps its people, groups, issuers and audit log', async () => {
    const secretBox = createSecretBox([TEST_SECRET]);
    const stores = createStores({ knex, kind }, secretBox);
    expect(await stores.users.findById(ada)).toMatchObject({
      username: 'ada',
      groups: ['staff'],
      role: 'administrator',
      attributes: { department: 'maths' },
    });
    expect((await stores.issuers.list()).map(({ slug }) => slug)).toEqual(['main']);
    expect(await stores.auditEvents.recentRooms(ada, 5)).toEqual([]);
    for (const q of ['ad', 'a'])
      expect(await stores.auditEvents.count({ q })).toEqual({ count: 1, more: false });
    expect(await knex('audit_events').count()).toEqual([{ count: '1' }]);
  });

  it('finds them by their words', async () => {
    const { rows } = await knex.raw<{ rows: { username: string }[] }>(
      `select username from users where search @@ to_tsquery('simple', 'lovel:*')`,
    );
    expect(rows).toEqual([{ username: 'ada' }]);
  });
});
