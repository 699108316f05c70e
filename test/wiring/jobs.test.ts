import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog } from '../../src/http/log.ts';
import { startJobs } from '../../src/wiring/jobs.ts';
import { localDirectory } from '../directory/ground.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const { stores, clock, database } = world;
const logLines: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('counts hours and sweeps what is too old, by itself', async () => {
  await stores.auditEvents.add({ at: clock.now(), type: 'session.started', requestId: 'OLD' });
  clock.advance(91 * 24 * 3600);
  await stores.auditEvents.add({ at: clock.now(), type: 'session.started', requestId: 'NEW' });
  clock.advance(2 * 3600);

  const log = createLog('warn', { write: (line) => void logLines.push(line) });
  const stop = startJobs({
    ...world,
    log,
    database: { listen: async () => async () => {} },
    directory: localDirectory(),
    sendLink: async () => 'not_sent' as never,
    publicUrl: () => new URL('https://auth.example.org'),
    outgoing: { postForm: async () => ({ status: 200 }) as never },
    fixedRetentionDays: undefined,
  });
  vi.advanceTimersByTime(5 * 60_000);
  await stop();

  const left = await stores.auditEvents.list({ limit: 9 });
  expect(left.map(({ requestId }) => requestId)).toEqual(['NEW']);
  // The old row may be counted or swept first.
  const last = await database.knex('audit_hours').orderBy('hour', 'desc').first();
  expect(last).toMatchObject({ type: 'session.started', count: '1' });
  expect(last.hour.getTime()).toBeGreaterThan(clock.now().getTime() - 3 * 3_600_000);
  expect(logLines).toEqual([]);
});
