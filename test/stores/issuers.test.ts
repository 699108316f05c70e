import { describe, expect, it } from 'vitest';
import { anIssuer, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const { issuers } = stores;

const full = anIssuer({
  slug: 'full',
  algorithm: 'HS256',
  moderatorRule: "inGroup('chairs')",
  features: { recording: "inGroup('chairs')" },
  lobbyBypass: '1',
  extraClaims: { 'context.user.department': 'attributes.department' },
  group: 'attributes.department',
  sub: 'tenant',
  xmppDomain: 'meet.jitsi',
  rooms: [
    {
      match: 'staff-*',
      useRule: "inGroup('staff')",
      moderatorRule: undefined,
      features: undefined,
      lobbyBypass: undefined,
    },
    {
      match: '*',
      useRule: undefined,
      moderatorRule: '1',
      features: { livestreaming: '0' },
      lobbyBypass: '0',
    },
  ],
});

describe('issuers', () => {
  it('gives back everything it was given, policies in order', async () => {
    await issuers.add(full, 'geheim', NOW);
    expect(await issuers.findBySlug('full')).toEqual(full);
    expect(await issuers.list()).toEqual([full]);
  });

  it('keeps the secret sealed, and when an update names none', async () => {
    await issuers.update({ ...full, name: 'Other', rooms: [] }, undefined, NOW);
    expect((await issuers.listSecrets()).get(full.id)).toBe('geheim');
    expect((await issuers.findBySlug('full'))?.rooms).toEqual([]);
    const dump = JSON.stringify(await database.knex('issuers').select());
    expect(dump).not.toContain('geheim');
    expect(dump).not.toContain(Buffer.from('geheim').toString('hex'));
  });

  it('refuses a slug that is taken', async () => {
    await expect(issuers.add(anIssuer({ slug: 'full' }), undefined, NOW)).rejects.toMatchObject({
      code: 'slug_taken',
    });
  });

  it('does not hold an HS issuer without a secret', async () => {
    await expect(
      issuers.add(anIssuer({ slug: 'hs', algorithm: 'HS512' }), undefined, NOW),
    ).rejects.toThrow('issuers_hs_has_secret_check');
  });
});
