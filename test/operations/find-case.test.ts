import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalRoom } from '../../src/domain/room.ts';
import type { User } from '../../src/domain/user.ts';
import { findCase } from '../../src/operations/find-case.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
let ada: User;
let eve: User;

beforeAll(async () => {
  ada = await world.addUser({ username: 'ada', groups: ['staff'] });
  eve = await world.addUser({ username: 'eve' });
  const open = { match: 'open-*', useRule: '1', features: undefined, lobbyBypass: undefined };
  const rooms = [{ ...open, moderatorRule: "inGroup('staff')" }];
  await world.addIssuer({ useRule: '0', rooms });
  await world.addIssuer({ slug: 'tenants', sub: 'tenant', useRule: "tenant == 'maths'" });
});

interface Entry {
  readonly user: User;
  readonly room: string;
  readonly reference: string;
  readonly ip?: string;
  readonly tenant?: string;
}

async function enter(slug: string, { user, room, reference, ip, tenant }: Entry) {
  const live = world.catalog.current().bySlug.get(slug);
  if (!live) throw new Error(slug);
  const authenticatedAt = new Date(world.clock.now().getTime() - 60_000);
  return issueJitsiToken(world, {
    live,
    user,
    session: { methods: ['pwd', 'mfa'], authenticatedAt },
    room: canonicalRoom(room),
    tenant,
    ip,
    requestId: reference,
  });
}

describe('findCase', () => {
  it('finds who was refused where, when, from where and how they had signed in', async () => {
    await expect(
      enter('tenants', {
        user: eve,
        room: 'Standup',
        ip: '192.0.2.9',
        reference: 'REFUSED1',
        tenant: 'arts',
      }),
    ).rejects.toMatchObject({ code: 'access_denied' });
    expect(await findCase(world, 'REFUSED1')).toEqual({
      reference: 'REFUSED1',
      issuer: 'tenants',
      username: 'eve',
      userGone: false,
      room: 'standup',
      client: undefined,
      tenant: 'arts',
      at: world.clock.now(),
      ip: '192.0.2.9',
      auth: { methods: ['pwd', 'mfa'], mfa: true, ageSeconds: 60 },
      outcome: 'denied',
      reason: 'use_rule_false',
      rule: 'useRule',
      role: undefined,
    });
  });

  it('finds what let somebody in', async () => {
    await enter('main', { user: ada, room: 'open-day', reference: 'ALLOWED1' });
    expect(await findCase(world, 'ALLOWED1')).toMatchObject({
      outcome: 'allowed',
      role: 'moderator',
      rule: 'rooms[0].useRule',
      ip: undefined,
    });
  });

  it('remembers the name of somebody who is gone', async () => {
    const gone = await world.addUser({ username: 'gone' });
    await enter('main', { user: gone, room: 'open-day', reference: 'GONE0001' });
    await world.stores.users.remove(gone.id);
    expect(await findCase(world, 'GONE0001')).toMatchObject({ username: 'gone', userGone: true });
  });

  it('knows nothing under a reference of no decision', async () => {
    await world.stores.auditEvents.add({
      at: world.clock.now(),
      type: 'session.refused',
      requestId: 'SIGNIN01',
    });
    for (const reference of ['SIGNIN01', 'NONE', ''])
      await expect(findCase(world, reference)).rejects.toMatchObject({
        code: 'reference_not_found',
      });
  });
});
