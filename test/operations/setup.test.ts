import { beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox } from '../../src/crypto/secret-box.ts';
import { checkSecretCanary } from '../../src/operations/secret-canary.ts';
import {
  checkSetupToken,
  completeSetup,
  makeSetupToken,
  SETUP_LINK_SECONDS,
} from '../../src/operations/setup.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();

beforeEach(async () => {
  await world.database.knex('users').del();
  await world.database.knex('issuers').del();
});

const input = (token: string, email = 'root@example.org') => ({
  token,
  displayName: 'Root',
  email,
  passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$x$y',
  publicUrl: new URL('https://auth.example.org'),
  publicUrlFixed: false,
  serverUrl: 'https://meet.example.org/',
  actor: { ip: undefined, requestId: undefined },
});

describe('completeSetup', () => {
  it('makes the administrator, who moderates, and the issuer main with its keys', async () => {
    const done = await completeSetup(world, input(await makeSetupToken(world)));
    const { user, issuer } = done;
    expect(done.isDeclared).toBe(false);
    expect(await world.stores.users.findById(user.id)).toMatchObject({
      username: 'root@example.org',
      role: 'administrator',
      groups: ['moderators'],
    });
    const snapshot = await world.catalog.refresh();
    expect(snapshot.bySlug.get('main')?.issuer).toEqual(issuer);
    expect(issuer).toMatchObject({ iss: 'https://auth.example.org/', useRule: '1' });
    expect(snapshot.bySlug.get('main')?.signer?.kid).toBeDefined();
    expect(snapshot.settings.get('public_url')).toBe('https://auth.example.org');
  });

  it('makes one administrator of fifty that submit at once', async () => {
    const token = await makeSetupToken(world);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        completeSetup(world, input(token, `root${index}@example.org`)),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.stores.users.list({ limit: 99 })).toHaveLength(1);
    expect(await world.stores.issuers.list()).toHaveLength(1);
  }, 60_000);

  it('is closed once there is an administrator, even with a fresh link', async () => {
    const token = await makeSetupToken(world);
    await completeSetup(world, input(token));
    await expect(makeSetupToken(world)).rejects.toMatchObject({ code: 'setup_closed' });
    await expect(checkSetupToken(world, token)).rejects.toMatchObject({ code: 'setup_closed' });
  });

  it('leaves a main issuer that was declared before as it is', async () => {
    const declared = await world.addIssuer({ slug: 'main', name: 'Declared', useRule: '0' });
    const done = await completeSetup(world, input(await makeSetupToken(world)));
    expect(done).toMatchObject({ issuer: declared, isDeclared: true });
  });
});

describe('a setup link', () => {
  it('dies after a day', async () => {
    const token = await makeSetupToken(world);
    world.clock.advance(SETUP_LINK_SECONDS - 1);
    await checkSetupToken(world, token);
    world.clock.advance(1);
    await expect(completeSetup(world, input(token))).rejects.toMatchObject({
      code: 'setup_link_invalid',
    });
  });

  it('dies when another is made', async () => {
    const token = await makeSetupToken(world);
    await makeSetupToken(world);
    await expect(checkSetupToken(world, token)).rejects.toMatchObject({
      code: 'setup_link_invalid',
    });
  });

  it('is kept as a hash only', async () => {
    const token = await makeSetupToken(world);
    const rows = await world.database.knex('setup_links').select();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows).toHaveLength(1);
  });
});

describe('checkSecretCanary', () => {
  it('tells a wrong secret as such, and takes a list that holds the right one', async () => {
    await checkSecretCanary(world);
    const wrong = createSecretBox([Buffer.alloc(32, 9)]);
    await expect(checkSecretCanary({ ...world, secretBox: wrong })).rejects.toThrow(
      'ROOMKEY_SECRET is not the one',
    );
    const both = createSecretBox([Buffer.alloc(32, 9), Buffer.alloc(32, 7)]);
    await checkSecretCanary({ ...world, secretBox: both });
  });
});
