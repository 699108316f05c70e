import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSession, type SessionHost } from '../../../src/stores/database/session.ts';
import { cstrings, int32, message } from '../../../src/stores/database/wire.ts';

const START = Buffer.concat([int32(8), int32(196_608)]);
const query = (sql: string) => message(0x51, cstrings(sql));
const parse = (sql: string) => message(0x50, cstrings('', sql), Buffer.from([0, 0]));
const SYNC = message(0x53);
const NOTIFICATION = message(0x41, int32(1), cstrings('catalog', 'x'));

function openRecorded() {
  const batches: string[] = [];
  const sent: Buffer[] = [];
  const ends: string[] = [];
  const host: SessionHost = {
    submit: (_, batch) => void batches.push(batch.toString('latin1')),
    leave: () => void ends.push('left'),
    notify: () => undefined,
  };
  const output = {
    send: (bytes: Buffer) => void sent.push(bytes),
    end: () => void ends.push('ended'),
  };
  return { session: openSession(host, output), batches, sent, ends };
}

describe('a connection to the embedded database', () => {
  it('makes the same batches however its bytes are cut', () => {
    const work = [query('select 1'), Buffer.concat([parse('select 2'), SYNC]), query('select 3')];
    const bytes = Buffer.concat([START, ...work]);
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 });

    fc.assert(
      fc.property(cuts, (places) => {
        const { session, batches } = openRecorded();
        const borders = [0, ...places.sort((a, b) => a - b), bytes.length];
        for (const [index, from] of borders.entries())
          session.receive(bytes.subarray(from, borders[index + 1] ?? bytes.length));
        expect(batches).toEqual(work.map((batch) => batch.toString('latin1')));
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, greeted) => {
        const { session } = openRecorded();
        if (greeted) session.receive(START);
        session.receive(Buffer.from(noise));
      }),
    );
  });

  it('hangs up on a message of an impossible length', () => {
    const { session, ends } = openRecorded();
    session.receive(START);
    session.receive(Buffer.concat([Buffer.from('Q'), int32(-1)]));
    expect(ends).toEqual(['ended', 'left']);
  });

  it('offers no encryption and then goes on', () => {
    const { session, sent } = openRecorded();
    session.receive(Buffer.concat([int32(8), int32(80_877_103)]));
    expect(sent.map(String)).toEqual(['N']);
    session.receive(START);
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['listen catalog', 1],
    ['LISTEN "catalog"', 1],
    ['listen Catalog', 1],
    ['listen other', 0],
    ['select 1', 0],
  ])('after %j hears %i notifications on catalog', (sql, count) => {
    const { session, sent } = openRecorded();
    session.receive(Buffer.concat([START, query(sql)]));
    sent.length = 0;
    session.notify('catalog', NOTIFICATION);
    expect(sent).toHaveLength(count);
  });

  it.each(['unlisten catalog', 'UNLISTEN *'])('after %j hears no more', (sql) => {
    const { session, sent } = openRecorded();
    session.receive(Buffer.concat([START, query('listen catalog'), query(sql)]));
    sent.length = 0;
    session.notify('catalog', NOTIFICATION);
    expect(sent).toEqual([]);
  });

  it.each([
    ['commit', true],
    ['ROLLBACK;', true],
    [' rollback', true],
    ['rollback to trx2', false],
    ['select 1', false],
  ])('once expired, %j ends the refusals: %s', (sql, over) => {
    const { session, batches } = openRecorded();
    session.receive(START);
    session.expire();
    session.receive(query('insert into t values (1)'));
    session.receive(Buffer.concat([parse(sql), SYNC]));
    expect(batches).toEqual([]);
    session.receive(query('begin'));
    expect(batches).toHaveLength(over ? 1 : 0);
  });
});
