import { describe, expect, it } from 'vitest';
import { nextRotationAt, timesOfKey } from '../../src/domain/key-timeline.ts';
import type { SigningKey } from '../../src/domain/signing-key.ts';
import { anIssuer, NOW } from '../factories.ts';

const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const DAY = 86_400;

function aKey(overrides: Partial<SigningKey> = {}): SigningKey {
  return {
    kid: 'k',
    issuerId: 'i',
    ring: 'jitsi',
    bits: 2048,
    stage: 'active',
    publicPem: '',
    createdAt: NOW,
    activatedAt: NOW,
    publishedAt: undefined,
    retiredAt: undefined,
    ...overrides,
  };
}
const timesOf = (key: Partial<SigningKey>, seconds: number) =>
  timesOfKey(aKey(key), { longestTokenTtlSeconds: 300, now: after(seconds) });

describe('timesOfKey', () => {
  it('says from when on every reader of the list knows a next key', () => {
    const next = { stage: 'next', activatedAt: undefined } as const;
    expect(timesOf(next, 599).list).toEqual({ code: 'learning', at: after(600) });
    expect(timesOf(next, 600).list).toEqual({ code: 'trusts' });
    expect(timesOf(next, 600).asap).toBe('when_used');
  });

  it('lets a key go when its last token has ended, and an hour later by itself', () => {
    const left = timesOf({ stage: 'published', publishedAt: after(DAY) }, DAY);
    expect(left).toMatchObject({
      lastTokenEndsAt: after(DAY + 300),
      safeToRetireAt: after(DAY + 300),
      retiresAt: after(DAY + 3900),
      list: { code: 'trusts' },
      asap: 'until_restart',
    });
  });

  it('waits an hour with a key of applications: so long may their tokens live', () => {
    const left = { ring: 'oidc', stage: 'published', publishedAt: after(DAY) } as const;
    expect(timesOf(left, DAY).safeToRetireAt).toEqual(after(DAY + 3600));
    const gone = { ...left, stage: 'retired', retiredAt: after(2 * DAY) } as const;
    expect(timesOf(gone, 2 * DAY).list).toEqual({ code: 'forgetting', at: after(2 * DAY + 300) });
  });

  it('lets a key that never signed go at once', () => {
    const never = { stage: 'published', activatedAt: undefined, publishedAt: after(60) } as const;
    expect(timesOf(never, 60)).toMatchObject({
      lastTokenEndsAt: undefined,
      safeToRetireAt: after(60),
    });
  });

  it('says who still trusts a retired key', () => {
    const retired = { stage: 'retired', publishedAt: after(60), retiredAt: after(1000) } as const;
    const at = after(1000 + 300 + 5400);
    expect(timesOf(retired, 6699)).toMatchObject({ list: { code: 'forgetting', at } });
    expect(timesOf(retired, 6700)).toMatchObject({
      list: { code: 'forgot' },
      asap: 'until_restart',
    });
    expect(timesOf({ ...retired, activatedAt: undefined }, 6700).asap).toBe('never');
  });

  it('has nothing to retire of a key that signs', () => {
    expect(timesOf({}, 0)).toMatchObject({ safeToRetireAt: undefined, retiresAt: undefined });
  });
});

describe('nextRotationAt', () => {
  const issuer = anIssuer({ keyRotationDays: 30 });
  const next = aKey({ kid: 'n', stage: 'next', activatedAt: undefined });

  it('comes when the active key has signed for its days', () => {
    expect(nextRotationAt(issuer, [aKey(), next])).toEqual(after(30 * DAY));
  });

  it('waits until every reader knows the next key', () => {
    const late = { ...next, createdAt: after(30 * DAY - 60) };
    expect(nextRotationAt(issuer, [aKey(), late])).toEqual(after(30 * DAY + 540));
  });

  it.each([
    ['no schedule', anIssuer(), [aKey(), next]],
    ['a shared secret', anIssuer({ keyRotationDays: 30, algorithm: 'HS256' }), [aKey(), next]],
    ['no next key', issuer, [aKey()]],
  ])('never comes with %s', (_what, one, keys) => {
    expect(nextRotationAt(one, keys)).toBeUndefined();
  });
});
