import { describe, expect, it } from 'vitest';
import type { UpstreamSync } from '../../../src/domain/upstreams/sync.ts';
import { syncWarning } from '../../../src/domain/upstreams/sync-warning.ts';
import { anLdapUpstream } from '../../directory/ground.ts';
import { NOW } from '../../factories.ts';

const HOUR = 3_600_000;
const ended = (hoursAgo: number, more: Partial<UpstreamSync> = {}): UpstreamSync => ({
  id: '',
  upstreamId: '',
  trial: false,
  force: false,
  actor: { actorName: 'system' },
  state: 'done',
  seen: 3,
  counts: {},
  notes: [],
  share: undefined,
  fault: undefined,
  message: undefined,
  startedAt: NOW,
  finishedAt: new Date(NOW.getTime() - hoursAgo * HOUR),
  ...more,
});
const failed = (fault: string) => ended(0, { state: 'failed', fault });

describe('syncWarning', () => {
  it.each<[string | undefined, number | undefined, UpstreamSync | undefined, number]>([
    [undefined, 60, ended(1.9), 100],
    ['sync_old', 60, ended(2.1), 100],
    [undefined, undefined, ended(1000), 1000],
    [undefined, undefined, undefined, 1000],
    [undefined, 60, undefined, 1.9],
    ['sync_old', 60, undefined, 2.1],
    ['directory_down', undefined, failed('unreachable'), 0],
    ['directory_down', 60, failed('tls_failed'), 0],
    ['sync_failed', 60, failed('bind_refused'), 0],
    ['sync_failed', undefined, failed('left_behind'), 0],
    [undefined, 60, failed('interrupted'), 0],
    ['sync_refused', 60, ended(0, { state: 'refused', fault: 'too_many_gone' }), 0],
  ])('says %s of one every %s minutes', (warning, syncMinutes, last, hoursThere) => {
    const createdAt = new Date(NOW.getTime() - hoursThere * HOUR);
    const upstream = anLdapUpstream({ syncMinutes, createdAt });
    expect(syncWarning({ upstream, last }, NOW)).toBe(warning);
  });
});
