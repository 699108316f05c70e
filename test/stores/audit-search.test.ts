import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/domain/audit-event.ts';
import type { AuditFilters } from '../../src/domain/audit-filters.ts';
import { createAuditEventStore } from '../../src/stores/audit-events.ts';
import { NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const { auditEvents } = stores;

const main = randomUUID();
const ada = randomUUID();
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

/** By request id. */
const EVENTS: Readonly<Record<string, Partial<AuditEvent>>> = {
  AAAA1111: { actorId: ada, actorName: 'ada.lovelace@example.org', room: 'maths class' },
  BBBB2222: { type: 'token.denied', actorName: 'Eve', room: "o'hara", reason: 'use_rule_false' },
  CCCC3333: { type: 'session.refused', ip: '10.0.0.12', reason: 'password_wrong' },
  DDDD4444: { type: 'user.updated', actorName: 'ÄNNE', targetType: 'user', targetId: ada },
  EEEE5555: { type: 'user.created', ip: '2001:DB8::1', targetName: '日本 語' },
  FFFF6666: {
    issuerId: main,
    room: 'maths',
    ip: '10.0.0.1',
    actorName: `a'\\b ${'x'.repeat(3000)}`,
  },
};
for (const [nth, [requestId, event]] of Object.entries(EVENTS).entries())
  await auditEvents.add({ at: minutes(nth), type: 'token.issued', requestId, ...event });

const find = async (filters: AuditFilters, order: 'newest' | 'oldest' = 'oldest') => {
  const { items } = await auditEvents.search({ ...filters, order, limit: 99 });
  return items.map(({ requestId }) => requestId?.slice(0, 1)).join('');
};

describe('search', () => {
  it.each<[string, AuditFilters, string]>([
    ['nothing asked', {}, 'ABCDEF'],
    ['a word', { q: 'lovelace' }, 'A'],
    ['beginnings of words, in any order', { q: 'mat love' }, 'A'],
    ['letters of another case', { q: 'änne' }, 'D'],
    ['words of other scripts', { q: '日本' }, 'E'],
    ['a letter', { q: 'Ä' }, 'D'],
    ['a letter of another script', { q: '日' }, 'E'],
    ['a digit, which begins an address', { q: '1' }, 'CF'],
    ['a letter with a word', { q: 'l maths' }, 'A'],
    ['many letters', { q: 'a l e o m c' }, 'A'],
    ['many letters, one too many', { q: 'a l e o m x' }, ''],
    ['the middle of a word', { q: 'ovelace' }, ''],
    ['signs that search gives a meaning', { q: "' & | ! :* <-> \\ (" }, 'ABCDEF'],
    ['an apostrophe', { q: "o'hara" }, 'B'],
    ['a request id', { q: 'cccc3333' }, 'C'],
    ['the beginning of an address', { q: '10.0.' }, 'CF'],
    ['an address, which begins another', { q: '10.0.0.1' }, 'CF'],
    ['an IPv6 address', { q: '2001:db8:' }, 'E'],
    ['a code', { q: 'password_wrong' }, 'C'],
    ['a fact as if it were a word', { q: '=ttoken.issued' }, ''],
    ['a type', { type: 'token.issued' }, 'AF'],
    ['a family of types', { type: 'token' }, 'ABF'],
    ['half a family', { type: 'tok' }, ''],
    ['who did it', { actorId: ada }, 'A'],
    ['who did it, by name', { actorName: 'Eve' }, 'B'],
    ['what it was done to', { targetType: 'user', targetId: ada }, 'D'],
    ['an issuer', { issuerId: main }, 'F'],
    ['a room, not those that begin with it', { room: 'maths' }, 'F'],
    ['an address alone', { ip: '10.0.0.1' }, 'F'],
    ['an address as it was written', { ip: '2001:DB8::1' }, 'E'],
    ['a request', { requestId: 'BBBB2222' }, 'B'],
    ['a reason', { reason: 'use_rule_false' }, 'B'],
    ['a time', { from: minutes(1), to: minutes(3) }, 'BC'],
    ['all at once', { q: 'eve', type: 'token', room: "o'hara", from: minutes(1) }, 'B'],
    ['what contradicts itself', { type: 'token.issued', reason: 'use_rule_false' }, ''],
  ])('finds by %s', async (_, filters, expected) => {
    expect(await find(filters)).toBe(expected);
    expect(await auditEvents.count(filters)).toEqual({ count: expected.length, more: false });
  });

  it('gives the newest first unless asked otherwise', async () => {
    expect(await find({ type: 'token' }, 'newest')).toBe('FBA');
  });

  it('finds what was written a moment ago, before and after the index is settled', async () => {
    await auditEvents.add({ at: minutes(9), type: 'session.ended', requestId: 'ZZZZ9999' });
    expect(await find({ q: 'zzzz' })).toBe('Z');
    await auditEvents.settleIndex();
    expect(await find({ q: 'zzzz' })).toBe('Z');
  });

  it('leaves the index to Postgres where another role owns it, and hides no other failure', async () => {
    const trx = await database.knex.transaction();
    try {
      await trx.raw('create role no_owner');
      await trx.raw('grant usage on schema public to no_owner');
      await trx.raw('set local role no_owner');
      await createAuditEventStore(trx, { prepared: false }).settleIndex();
    } finally {
      await trx.rollback();
    }
    await database.knex.raw('alter index audit_events_words_idx rename to elsewhere');
    await expect(auditEvents.settleIndex()).rejects.toThrow('audit_events_words_idx');
    await database.knex.raw('alter index elsewhere rename to audit_events_words_idx');
  });

  it('begins the next page where one ended, also among rows of one instant', async () => {
    const at = minutes(20);
    const jtis = Array.from({ length: 7 }, () => randomUUID());
    for (const jti of jtis) await auditEvents.add({ at, type: 'key.rotated', jti });
    for (const order of ['newest', 'oldest'] as const) {
      const seen: (string | undefined)[] = [];
      let after: string | undefined;
      do {
        const page = await auditEvents.search({ type: 'key', order, limit: 3, after });
        seen.push(...page.items.map(({ jti }) => jti));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(order === 'newest' ? jtis.toReversed() : jtis);
    }
  });

  it.each(['nonsense', 'W10', Buffer.from('["now","1"]').toString('base64url')])(
    'refuses the cursor %s',
    async (after) => {
      await expect(auditEvents.search({ after, limit: 1 })).rejects.toMatchObject({
        code: 'input_invalid',
      });
    },
  );
});

describe('among many rows', () => {
  it('finds rare rows far from where the page begins, and stops counting at 10,000', async () => {
    await database.knex.raw(
      `insert into audit_events (at, type, actor_name, words)
       select ?::timestamptz + n * interval '1 second', 'session.ended',
         case when n = 5 then 'needle' else 'hay' end,
         array_to_tsvector(array['=tsession.ended', case when n = 5 then 'needle' else 'hay' end])
       from generate_series(1, 21000) n`,
      [minutes(60)],
    );
    const { items } = await auditEvents.search({ q: 'needl', limit: 5 });
    expect(items.map(({ actorName }) => actorName)).toEqual(['needle']);
    expect(await auditEvents.count({ q: 'hay' })).toEqual({ count: 10_000, more: true });
    const newest = await auditEvents.search({ q: 'hay', limit: 2 });
    expect(newest.items).toHaveLength(2);
    expect(newest.items[0]?.at).toEqual(new Date(minutes(60).getTime() + 21_000_000));
  });

  it('counts letters to their end, and not what merely has them within', async () => {
    expect(await auditEvents.count({ q: 'h a' })).toEqual({ count: 0, more: false });
    await database.knex.raw(
      `update audit_events set words = words || array_to_tsvector(array['=bh', '=ba'])
       where actor_name = 'hay' and extract(second from at) = 0`,
    );
    expect(await auditEvents.count({ q: 'h a' })).toEqual({ count: 350, more: false });
    const { length } = (await auditEvents.search({ q: 'h a', limit: 999 })).items;
    expect(length).toBe(350);
  });
});
