import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureRealmKeys } from '../../src/operations/ensure-realm-keys.ts';
import { testApp } from '../support/app.ts';
import { at, makeIssuer, tagOf, visitorOf } from '../support/issuer-pages.ts';
import type { Visitor } from '../support/visitor.ts';

const app = await testApp();
let root: Visitor;

beforeAll(async () => {
  await app.addIssuer({ name: 'First' });
  root = await visitorOf(app, 'administrator');
});

const stored = (slug: string) => app.stores.issuers.findBySlug(slug);
const make = (slug: string, fields?: Record<string, string>) => makeIssuer(root, slug, fields);

describe('keys', () => {
  const stages = async (slug: string) => {
    const issuer = await stored(slug);
    const keys = issuer ? await app.stores.signingKeys.listOf(issuer.id) : [];
    return keys.map(({ stage }) => stage).sort();
  };
  const press = (slug: string, what: string, fields: Record<string, string> = {}) =>
    root.submit(at(slug, `keys/${what}`), fields, { page: at(slug, 'keys') });

  it('rotate when the next is known, or when forced; the old one is retired in time', async () => {
    await make('keys');
    const early = await press('keys', 'rotate');
    expect(early.status).toBe(409);
    expect(early.text).toContain('Nothing was rotated');
    expect((await press('keys', 'rotate', { force: 'yes' })).status).toBe(303);
    expect(await stages('keys')).toEqual(['active', 'next', 'published']);
    const issuer = await stored('keys');
    const keys = await app.stores.signingKeys.listOf(issuer?.id ?? '');
    const kid = keys.find(({ stage }) => stage === 'published')?.kid ?? '';
    expect((await press('keys', 'retire', { kid })).text).toContain('Nothing was retired');
    expect((await press('keys', 'retire', { kid, force: 'yes' })).status).toBe(303);
    expect(await stages('keys')).toEqual(['active', 'next', 'retired']);
    expect((await press('keys', 'retire', { kid: 'x' })).status).toBe(404);
  });

  it('for applications are shown and rotated beside them, once there are any', async () => {
    await make('rings');
    expect((await press('rings', 'rotate', { ring: 'oidc' })).status).toBe(409);
    expect((await root.get(at('rings', 'keys'))).text).toContain('There are none yet');
    const live = (await app.context.catalog.refresh()).bySlug.get('rings');
    if (!live) throw new Error('no issuer rings');
    await ensureRealmKeys(app.context, live);
    const shown = (await root.get(at('rings', 'keys'))).text;
    expect(shown).toContain('name="ring" value="oidc"');
    expect(shown).toContain('Applications that read the key list');

    const ring = async () => {
      const keys = await app.stores.signingKeys.listOf(live.issuer.id);
      return keys.filter(({ ring: name }) => name === 'oidc');
    };
    expect((await press('rings', 'rotate', { ring: 'oidc', force: 'yes' })).status).toBe(303);
    expect((await press('rings', 'generate', { ring: 'oidc' })).status).toBe(303);
    const left = (await ring()).filter(({ stage }) => stage === 'published');
    expect(left).toHaveLength(2);
    const used = left.find(({ activatedAt }) => activatedAt);
    const early = await press('rings', 'retire', { kid: used?.kid ?? '' });
    expect(early.text).toContain('Nothing was retired');
    expect((await press('rings', 'retire', { kid: used?.kid ?? '', force: 'yes' })).status).toBe(
      303,
    );
    expect((await ring()).map(({ stage }) => stage).sort()).toEqual([
      'active',
      'next',
      'published',
      'retired',
    ]);
  });

  it('are made and imported as the next, and never shown', async () => {
    await make('import');
    expect((await press('import', 'generate')).status).toBe(303);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect((await press('import', 'import', { privatePem })).status).toBe(303);
    expect(await stages('import')).toEqual(['active', 'next', 'published', 'published']);
    const wrong = await press('import', 'import', { privatePem: 'a secret that is no key' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('id="privatePem-fault"');
    expect(wrong.text).not.toContain('a secret that is no key');
    expect((await root.get(at('import', 'keys'))).text).not.toContain('PRIVATE');
    expect(app.log()).not.toContain('BEGIN PRIVATE');
  });

  it('rotate by themselves after so many days', async () => {
    await make('schedule');
    const schedule = async (keyRotationDays: string) =>
      press('schedule', 'schedule', {
        keyRotationDays,
        etag: await tagOf(root, 'schedule', 'keys'),
      });
    expect((await schedule('90')).status).toBe(303);
    expect((await stored('schedule'))?.keyRotationDays).toBe(90);
    expect((await schedule('0')).text).toContain('id="keyRotationDays-fault"');
    expect((await schedule('')).status).toBe(303);
    expect((await stored('schedule'))?.keyRotationDays).toBeUndefined();
  });

  it('are none with a shared secret', async () => {
    await app.addIssuer({ slug: 'hs-keys', algorithm: 'HS256' });
    expect((await root.get(at('hs-keys', 'keys'))).text).toContain('so it has no keys for them');
    expect((await press('hs-keys', 'rotate')).status).toBe(409);
  });
});
