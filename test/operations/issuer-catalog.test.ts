import { describe, expect, it } from 'vitest';
import { NOW } from '../factories.ts';
import { testWorld } from '../support/world.ts';

describe('the catalog', () => {
  it('makes anew what has changed, and leaves the rest as it is', async () => {
    const world = await testWorld();
    const { catalog, stores } = world;
    const main = await world.addIssuer();
    await world.addIssuer({ slug: 'second', iss: 'https://second.example' });
    const before = (await catalog.refresh()).bySlug;

    await stores.issuers.update({ ...main, useRule: '0' }, undefined, NOW);
    await stores.catalogVersion.bump();
    const after = (await catalog.refresh()).bySlug;
    expect(after.get('second')).toBe(before.get('second'));
    expect(after.get('main')).not.toBe(before.get('main'));
    expect(after.get('main')?.issuer.useRule).toBe('0');
  });

  it('makes an issuer anew for a stop of its own, and all for a stopped person', async () => {
    const world = await testWorld();
    const { catalog, stores, random } = world;
    const main = await world.addIssuer();
    const user = await world.addUser();
    await world.addIssuer({ slug: 'second', iss: 'https://second.example' });
    const live = async () => (await catalog.refresh()).bySlug;
    const stop = {
      id: random.uuid(),
      subject: { kind: 'issuer', issuerId: main.id },
      name: 'main',
      reason: 'test',
      createdAt: NOW,
      createdBy: user.id,
      endsAt: undefined,
      liftedAt: undefined,
      liftedBy: undefined,
    } as const;

    const before = await live();
    await stores.tokenStops.add(stop, user.id);
    await stores.catalogVersion.bump();
    const stopped = await live();
    expect(stopped.get('main')?.compiled.stops).toHaveLength(1);
    expect(stopped.get('second')).toBe(before.get('second'));

    const subject = { kind: 'user', userId: user.id } as const;
    await stores.tokenStops.add({ ...stop, id: random.uuid(), subject }, user.id);
    await stores.catalogVersion.bump();
    expect((await live()).get('second')?.compiled.stops).toHaveLength(1);
  });
});
