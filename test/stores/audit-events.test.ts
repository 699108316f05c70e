import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/domain/audit-event.ts';
import { NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const { auditEvents } = stores;

const actorId = randomUUID();
const event = (overrides: Partial<AuditEvent> = {}): AuditEvent => ({
  at: NOW,
  type: 'token.issued',
  actorId,
  actorName: 'ada',
  ...overrides,
});

describe('add', () => {
  it('gives back what it was given', async () => {
    const issuerId = randomUUID();
    const full = event({
      issuerId,
      room: "o'hara – ü",
      role: 'moderator',
      rule: 'rooms[2].useRule',
      kid: 'k',
      jti: 'j',
      ip: '2001:db8::1',
      requestId: 'R1',
      details: { trace: [{ rule: 'useRule', outcome: 'hit' }] },
    });
    await auditEvents.add(full);
    const [stored] = await auditEvents.list({ requestId: 'R1', limit: 1 });
    expect(stored).toMatchObject(full);
  });

  it('has written its row when it resolves, with a hundred others under way', async () => {
    const ids = Array.from({ length: 100 }, () => randomUUID());
    await Promise.all(
      ids.map(async (jti) => {
        await auditEvents.add(event({ jti }));
        expect(await database.knex('audit_events').where({ jti }).first('id')).toBeDefined();
      }),
    );
  });

  it('fails for the caller whose row is refused, and for no other', async () => {
    const bad = event({ at: new Date(Number.NaN) });
    const results = await Promise.allSettled(
      [event(), bad, event({ jti: 'beside' }), bad].map((one) => auditEvents.add(one)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    expect(await database.knex('audit_events').where({ jti: 'beside' }).first('id')).toBeDefined();
  });

  it('is undone with its transaction', async () => {
    const work = stores.transaction(async (tx) => {
      await tx.auditEvents.add(event({ requestId: 'GONE' }));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await auditEvents.list({ requestId: 'GONE', limit: 1 })).toEqual([]);
  });
});

describe('recentRooms', () => {
  it('names each room once, the latest first', async () => {
    const me = randomUUID();
    const issuerId = randomUUID();
    for (const [second, room] of ['a', 'b', 'a', 'c'].entries())
      await auditEvents.add(
        event({ actorId: me, issuerId, room, at: new Date(NOW.getTime() + second * 1000) }),
      );
    await auditEvents.add(event({ actorId: me, issuerId, room: 'no', type: 'token.denied' }));
    const rooms = await auditEvents.recentRooms(me, 2);
    expect(rooms.map(({ room }) => room)).toEqual(['c', 'a']);
  });
});

describe('sweep', () => {
  it('removes what is older, a batch at a time', async () => {
    await database.knex('audit_events').del();
    const old = new Date(NOW.getTime() - 1000);
    for (const at of [old, old, old, NOW]) await auditEvents.add(event({ at }));
    expect(await auditEvents.sweep(NOW, 2)).toBe(2);
    expect(await auditEvents.sweep(NOW, 2)).toBe(1);
    expect(await auditEvents.sweep(NOW, 2)).toBe(0);
    expect(await auditEvents.list({ limit: 9 })).toHaveLength(1);
  });
});
