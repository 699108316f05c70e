import { describe, expect, it } from 'vitest';
import { canonicalRoom } from '../../src/domain/room.ts';
import type { StopFields } from '../../src/domain/stop-fields.ts';
import type { User } from '../../src/domain/user.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { createIssuerCatalog } from '../../src/operations/issuer-catalog.ts';
import { outstandingTokens } from '../../src/operations/outstanding-tokens.ts';
import { liftStop, stopTokens } from '../../src/operations/stop-tokens.ts';
import { sweep } from '../../src/wiring/jobs.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const { stores, catalog, clock } = world;
const main = await world.addIssuer({ slug: 'main' });
const other = await world.addIssuer({ slug: 'other', iss: 'https://other.example/' });
const ada = await world.addUser({ username: 'ada' });
const eve = await world.addUser({ username: 'eve' });
const actor = { actorId: ada.id, actorName: 'ada', ip: '192.0.2.1', requestId: 'REF1' };
/** Another process, with a memory of its own. */
const elsewhere = await createIssuerCatalog(stores);

async function enter(user: User, slug: string, room: string, from = catalog) {
  // As the middleware of a session does.
  const { bySlug } = await from.atLeast(await stores.catalogVersion.current());
  const live = bySlug.get(slug);
  if (!live) throw new Error('an issuer of this world');
  const session = { methods: ['pwd'], authenticatedAt: clock.now() } as const;
  const input = { live, user, session, room: canonicalRoom(room), tenant: undefined };
  return issueJitsiToken(world, { ...input, ip: undefined, requestId: undefined });
}
const stopped = { code: 'access_denied', details: { reason: 'tokens_stopped' } };
const stop = (fields: StopFields) => stopTokens(world, { fields, actor });
const lastEvent = async () => (await stores.auditEvents.list({ limit: 1 }))[0];

describe('stopTokens', () => {
  it('stops a person everywhere, in every process, and nobody else', async () => {
    const made = await stop({ user: 'EVE', reason: 'stolen laptop' });
    for (const from of [catalog, elsewhere]) {
      await expect(enter(eve, 'main', 'a', from)).rejects.toMatchObject(stopped);
      await expect(enter(eve, 'other', 'b', from)).rejects.toMatchObject(stopped);
      await enter(ada, 'main', 'a', from);
    }
    await liftStop(world, { id: made.id, actor });
    for (const from of [catalog, elsewhere]) await enter(eve, 'main', 'a', from);
  });

  it('stops rooms of one issuer by a pattern', async () => {
    const made = await stop({ issuer: 'main', room: ' Staff-* ', reason: 'noise' });
    expect(made.subject).toMatchObject({ pattern: 'staff-*' });
    await expect(enter(ada, 'main', 'STAFF-1')).rejects.toMatchObject(stopped);
    await enter(ada, 'main', 'board');
    await enter(ada, 'other', 'staff-1');
    await liftStop(world, { id: made.id, actor });
  });

  it('stops an issuer until a time', async () => {
    const endsAt = new Date(clock.now().getTime() + 60_000);
    await stop({ issuer: 'other', reason: 'upgrade', endsAt });
    await expect(enter(ada, 'other', 'x')).rejects.toMatchObject(stopped);
    await enter(ada, 'main', 'x');
    clock.advance(60);
    await enter(ada, 'other', 'x');
  });

  it('writes down who stopped what, and which stop refused', async () => {
    const made = await stop({ issuer: 'main', room: 'a*', reason: 'why' });
    expect(await lastEvent()).toMatchObject({
      ...actor,
      type: 'stop.created',
      targetId: main.id,
      targetName: 'main',
      issuerId: main.id,
      room: 'a*',
      details: { stop: made.id, after: { reason: 'why', room: 'a*' } },
    });
    await enter(ada, 'main', 'a').catch(() => {});
    expect(await lastEvent()).toMatchObject({
      type: 'token.denied',
      reason: 'tokens_stopped',
      details: { stop: made.id, trace: [] },
    });
    await liftStop(world, { id: made.id, actor });
    expect(await lastEvent()).toMatchObject({ type: 'stop.lifted', ...actor, targetId: main.id });
  });

  it.each<[string, StopFields]>([
    ['user', { reason: 'x' }],
    ['user', { user: 'nobody', reason: 'x' }],
    ['issuer', { issuer: 'nowhere', reason: 'x' }],
    ['issuer', { user: 'ada', issuer: 'main', reason: 'x' }],
    ['room', { user: 'ada', room: 'x', reason: 'x' }],
    ['room', { issuer: 'main', room: 'a/b', reason: 'x' }],
    ['room', { issuer: 'main', room: ' ', reason: 'x' }],
    ['reason', { issuer: 'main', reason: ' ' }],
    ['endsAt', { issuer: 'main', reason: 'x', endsAt: new Date(0) }],
  ])('refuses a wrong %s: %o', async (path, fields) => {
    const { version } = await catalog.refresh();
    await expect(stop(fields)).rejects.toMatchObject({
      code: 'input_invalid',
      details: { issues: expect.arrayContaining([expect.objectContaining({ path })]) },
    });
    expect((await catalog.refresh()).version).toBe(version);
  });
});

describe('liftStop', () => {
  it('does nothing a second time', async () => {
    const { id } = await stop({ user: 'eve', reason: 'x' });
    await liftStop(world, { id, actor });
    const { id: last } = (await lastEvent()) ?? {};
    expect(await liftStop(world, { id, actor })).toMatchObject({ liftedBy: 'ada' });
    expect((await lastEvent())?.id).toBe(last);
  });

  it.each(['nonsense', '00000000-0000-4000-8000-000000000000'])('knows no %s', async (id) => {
    await expect(liftStop(world, { id, actor })).rejects.toMatchObject({ code: 'stop_not_found' });
  });
});

describe('outstandingTokens', () => {
  it('counts what has not ended, and says when the last of it does', async () => {
    clock.advance(100_000.25); // Clocks rarely stand at whole seconds.
    const before = clock.now().getTime();
    await enter(eve, 'main', 'club_1');
    clock.advance(30);
    await enter(eve, 'other', 'clubX1');
    const count = (subject: Parameters<typeof outstandingTokens>[1]) =>
      outstandingTokens(world, subject);

    expect(await count({ kind: 'user', userId: eve.id })).toEqual({
      count: 2,
      lastExpiresAt: new Date(before + 330_000 - 250),
    });
    const ofMain = { count: 1, lastExpiresAt: new Date(before + 300_000 - 250) };
    expect(await count({ kind: 'issuer', issuerId: main.id })).toEqual(ofMain);
    const room = { kind: 'room', issuerId: main.id } as const;
    expect(await count({ ...room, pattern: 'club_*' })).toEqual(ofMain);
    expect(await count({ ...room, pattern: 'club' })).toEqual({
      count: 0,
      lastExpiresAt: undefined,
    });
    const likeIt = { kind: 'room', issuerId: other.id, pattern: 'club_*' } as const;
    expect(await count(likeIt)).toMatchObject({ count: 0 });

    clock.advance(271);
    expect(await count({ kind: 'user', userId: eve.id })).toMatchObject({ count: 1 });
  });
});

describe('sweep', () => {
  it('takes stops that ended out of what processes hold, and leaves them ended', async () => {
    const endsAt = new Date(clock.now().getTime() + 1000);
    const { id } = await stop({ user: 'eve', reason: 'x', endsAt });
    const standing = async () => (await stores.tokenStops.listStanding()).map((one) => one.id);
    clock.advance(3600);
    const deps = { ...world, fixedRetentionDays: undefined };
    await sweep(deps);
    expect(await standing()).toContain(id);
    clock.advance(86_400);
    await sweep(deps);
    expect(await standing()).not.toContain(id);
    expect((await stores.tokenStops.find(id))?.liftedAt).toEqual(endsAt);
  });
});
