/**
 * A database as it is after years: a hundred thousand people with names, a million rows in the
 * audit log, things in the bin.
 *
 * @module
 */
import { createSecretBox } from '../src/crypto/secret-box.ts';
import type { Database } from '../src/stores/database/database.ts';
import { openDatabase } from '../src/stores/database/open.ts';
import { createStores } from '../src/stores/index.ts';
import { makeWorld, type World } from './world.ts';

export const LONG_LISTS = { users: 100_000, groups: 2000, auditEvents: 1_000_000 } as const;

/** Its first person is an administrator. */
export async function makeLongLists(serverUrl: string): Promise<World> {
  const world = await makeWorld(serverUrl, { name: 'bench_lists', users: LONG_LISTS.users });
  const { DATABASE_URL: url, ROOMKEY_SECRET: secret } = world.settings;
  const database = await openDatabase({ url, poolMax: 2 });
  try {
    await namePeople(database);
    await addGroups(database);
    await addAuditEvents(database);
    await database.knex.raw(`update users set role = 'administrator' where username = 'person-0'`);
    await database.knex.raw('vacuum analyze');
    const stores = createStores(database, createSecretBox([Buffer.from(secret, 'hex')]));
    await stores.auditHours.countHours(new Date());
  } finally {
    await database.close();
  }
  return world;
}

const FIRST = `array['ada','grace','linus','mary','edsger','barbara','donald','alan']`;
const LAST = `array['smith','jones','müller','garcía','ivanov','chen','rossi']`;

/** Common first names, rarer last names, and a number that is nobody else's. */
async function namePeople({ knex }: Database): Promise<void> {
  await knex.raw(`
    create temporary table named as
      select id, nth, (${FIRST})[1 + nth % 8] as first, (${LAST})[1 + nth % 7] || nth as last
      from (select id, row_number() over (order by username)::integer as nth
            from users where username like 'crowd-%') numbered;
    update users u set display_name = first || ' ' || last,
      search = array_to_tsvector(array[first, last, 'crowd', nth::text, 'example', 'net'])
    from named n where n.id = u.id;
    update users set disabled_at = now() where id in (select id from named where nth % 1000 = 0)`);
}

async function addGroups({ knex }: Database): Promise<void> {
  await knex.raw(
    `insert into groups (id, name, name_key, created_at, search)
     select gen_random_uuid(), 'team ' || n, 'team ' || n, now(),
       array_to_tsvector(array['team', n::text])
     from generate_series(1, ?::integer) n`,
    [LONG_LISTS.groups],
  );
}

/** Ninety days, mostly tokens; the words as `src/stores/audit-words.ts` makes them. */
async function addAuditEvents({ knex }: Database): Promise<void> {
  await knex.raw(
    `insert into audit_events (at, type, actor_id, actor_name, target_type, target_id, target_name,
       issuer_id, room, reason, ip, request_id, details, words)
     select at, type, actor_id, actor_name, target_type, target_id, target_name, issuer_id, room,
       reason, ip, request_id, case when type = 'token.issued'
         then jsonb_build_object('exp', extract(epoch from at)::bigint + 300) end,
       array_to_tsvector(array(
         select fact from (
           select distinct word from unnest(regexp_split_to_array(
             lower(concat_ws(' ', actor_name, target_name, room, reason, request_id)), '[ ._-]+')
             || ip) word
           where word <> ''
         ) typed, unnest(array[word, '=b' || left(word, 1)]) fact
         union
         select fact from
           unnest(array['=t' || type, '=o' || target_type, '=i' || left(issuer_id::text, 8)]) fact
         where fact is not null))
     from (
       select now() - (:count - n) * interval '7.7 seconds' as at, type,
         u.id as actor_id, first || '.' || last as actor_name,
         case when type like 'token%' then 'issuer' else split_part(type, '.', 1) end as target_type,
         case when type like 'token%' then i.id::text else md5(n::text) end as target_id,
         case when type like 'token%' then i.slug end as target_name,
         case when type like 'token%' then i.id end as issuer_id,
         case when type like 'token%' then
           (array['standup','team meeting','board-','class ','maths-'])[1 + n % 5] || n * 7919 % 5000
         end as room,
         case type when 'token.denied' then 'use_rule_false'
           when 'session.refused' then 'password_wrong' end as reason,
         '10.' || n * 31 % 200 || '.' || n * 17 % 250 || '.' || n * 13 % 250 as ip,
         upper(left(md5('request ' || n), 8)) as request_id
       from (
         select n, case when n % 100 < 70 then 'token.issued' when n % 100 < 75 then 'token.denied'
           when n % 100 < 92 then 'session.started' when n % 100 < 95 then 'session.refused'
           when n % 100 < 99 then 'session.ended' when n % 1000 = 99 then 'user.updated'
           else 'user.created' end as type
         from generate_series(1, :count::bigint) n
       ) events
       join named u on u.nth = 1 + n * n % 99968
       join (select id, slug, row_number() over (order by slug) as nth from issuers) i
         on i.nth = 1 + n % 2
       order by n
     ) rows`,
    { count: LONG_LISTS.auditEvents },
  );
}
