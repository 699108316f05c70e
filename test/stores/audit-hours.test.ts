import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startsOf } from '../../src/domain/statistics.ts';
import { readStatistics } from '../../src/operations/read-statistics.ts';
import { movableClock } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const clock = movableClock();
const main = randomUUID();
const HOUR = 3600;

const write = (type: 'token.issued' | 'token.denied' | 'session.started' | 'session.limited') =>
  stores.auditEvents.add({
    at: clock.now(),
    type,
    ...(type.startsWith('token') ? { issuerId: main } : {}),
  });
const day = () => readStatistics({ stores, clock }, 'day');
const signIns = async () => (await day()).map((bucket) => bucket.signIns);

describe('statistics', () => {
  it('says the same before and after the hours are counted, and counts none twice', async () => {
    for (const _ of [1, 2, 3]) await write('session.started');
    await write('token.issued');
    await write('token.denied');
    await write('session.limited');
    clock.advance(HOUR);
    await write('session.started');

    const before = await day();
    expect(before.slice(-2)).toEqual([
      expect.objectContaining({
        signIns: 3,
        signInsRefused: 1,
        tokens: new Map([[main, 1]]),
        tokensRefused: new Map([[main, 1]]),
      }),
      expect.objectContaining({ signIns: 1, signInsRefused: 0, tokens: new Map() }),
    ]);

    clock.advance(600);
    await stores.auditHours.countHours(clock.now());
    expect(await day()).toEqual(before);
    await write('session.started');
    clock.advance(HOUR);
    await Promise.all([1, 2, 3].map(() => stores.auditHours.countHours(clock.now())));
    expect((await signIns()).slice(-3)).toEqual([3, 2, 0]);
  });

  it('counts what was written down hours late, and it once', async () => {
    const late = new Date(clock.now().getTime() - 3 * HOUR * 1000);
    const before = await signIns();
    await stores.auditEvents.add({ at: late, type: 'session.started' });
    clock.advance(HOUR);
    for (const _ of [1, 2]) await stores.auditHours.countHours(clock.now());
    const after = await signIns();
    const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
    expect(sum(after) - sum(before)).toBe(1);
    clock.advance(-HOUR);
  });

  it('leaves the hour that is not quite over to be counted later', async () => {
    clock.advance(5 * HOUR - 600 + 120); // Two minutes past the hour.
    const lately = new Date(clock.now().getTime() - 180_000);
    await stores.auditHours.countHours(clock.now());
    await stores.auditEvents.add({ at: lately, type: 'session.started' });
    clock.advance(HOUR);
    await stores.auditHours.countHours(clock.now());
    expect((await signIns()).slice(-3)).toEqual([1, 0, 0]);
  });

  it('keeps the numbers when the rows are swept', async () => {
    const before = await signIns();
    await database
      .knex('audit_events')
      .where('at', '<', startsOf('day', clock.now())[23] ?? clock.now())
      .del();
    expect(await signIns()).toEqual(before);
  });

  it('gives thirty days by day', async () => {
    const days = await readStatistics({ stores, clock }, 'month');
    expect(days).toHaveLength(30);
    expect(days.at(-1)?.at).toEqual(new Date('2026-01-05T00:00:00Z'));
    expect(days.at(-1)?.signIns).toBe((await signIns()).reduce((sum, count) => sum + count));
  });
});
