import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../src/crypto/secret-box.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import { BY_CLI, CLI } from '../../src/operations/actor.ts';
import { restoreFromBin } from '../../src/operations/bin.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { removeIssuer } from '../../src/operations/remove-issuer.ts';
import { createStores } from '../../src/stores/index.ts';
import { TEST_SECRET } from '../support/stores.ts';
import { HS_SECRET, testWorld } from '../support/world.ts';

const world = await testWorld();
const { stores } = world;
const remove = (slug: string) => removeIssuer(world, { slug, actor: CLI });
const putBack = (id: string) => restoreFromBin(world, { ...BY_CLI, id });

describe('removeIssuer', () => {
  it('serves nothing of it any more; put back, it goes on with the same keys', async () => {
    const issuer = await world.addIssuer({ slug: 'gone' });
    const kids = await stores.signingKeys.listOf(issuer.id);
    const item = await remove('gone');
    await world.catalog.refresh();
    expect(world.catalog.current().bySlug.has('gone')).toBe(false);
    const [event] = await stores.auditEvents.list({ type: 'issuer.removed', limit: 1 });
    expect(event).toMatchObject({ actorName: 'cli', targetName: 'gone', issuerId: issuer.id });

    await putBack(item.id);
    await world.catalog.refresh();
    expect(await stores.signingKeys.listOf(issuer.id)).toEqual(kids);
    const live = world.catalog.current().bySlug.get('gone');
    if (!live) throw new Error('not back');
    const { token } = await issueJitsiToken(world, {
      live,
      user: await world.addUser(),
      session: { methods: ['pwd'], authenticatedAt: world.clock.now() },
      room: canonicalRoom('standup'),
      tenant: undefined,
      ip: undefined,
      requestId: undefined,
    });
    expect(world.judge(issuer, token, 'standup').verdict).toBe('accepted');
  });

  it('refuses what is not there, or was changed meanwhile', async () => {
    await expect(remove('nobody')).rejects.toMatchObject({ code: 'issuer_not_found' });
    await world.addIssuer({ slug: 'stale' });
    const stale = removeIssuer(world, { slug: 'stale', actor: CLI, expected: () => false });
    await expect(stale).rejects.toMatchObject({ code: 'changed_meanwhile' });
  });

  it('does not put one back whose name another took', async () => {
    await world.addIssuer({ slug: 'name' });
    const item = await remove('name');
    await world.addIssuer({ slug: 'name' });
    await expect(putBack(item.id)).rejects.toMatchObject({ code: 'restore_conflict' });
  });
});

describe('secrets in the bin', () => {
  it('are sealed anew with the others, and come back under the new key alone', async () => {
    const issuer = await world.addIssuer({ slug: 'hs', algorithm: 'HS256' });
    await world.addIssuer({ slug: 'rs' });
    const items = [await remove('hs'), await remove('rs')];
    const fresh = Buffer.alloc(32, 9);
    const both = createStores(world.database, createSecretBox([fresh, TEST_SECRET]));
    expect(await both.transaction((tx) => tx.sealedSecrets.reseal())).toBeGreaterThanOrEqual(3);
    expect(await both.sealedSecrets.reseal()).toBe(0);

    const later = createStores(world.database, createSecretBox([fresh]));
    await later.sealedSecrets.openAll();
    for (const { id } of items)
      await restoreFromBin({ ...world, stores: later }, { ...BY_CLI, id });
    expect((await later.issuers.listSecrets()).get(issuer.id)).toBe(HS_SECRET);
    expect((await later.signingKeys.listSigning()).length).toBeGreaterThan(0);
  });
});
