import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asapFile } from '../../src/crypto/digest.ts';
import { importRsaKey, KeyImportError, makeRsaKey } from '../../src/crypto/rsa-key.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import { CLI } from '../../src/operations/actor.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { importIssuerKey, retireKeys, rotateIssuerKeys } from '../../src/operations/issuer-keys.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const stages = async (issuer: Issuer) =>
  (await world.stores.signingKeys.listOf(issuer.id)).map(({ stage }) => stage).sort();
const rotate = (slug: string, force = false) =>
  rotateIssuerKeys(world, { slug, force, actor: CLI });
const kidOf = (token: string): string => JSON.parse(atob(token.split('.')[0] ?? '')).kid;

async function token(issuer: Issuer): Promise<string> {
  await world.catalog.refresh();
  const live = world.catalog.current().bySlug.get(issuer.slug);
  if (!live) throw new Error('no issuer');
  const issued = await issueJitsiToken(world, {
    live,
    user: await world.addUser(),
    session: { methods: ['pwd'], authenticatedAt: world.clock.now() },
    room: canonicalRoom('standup'),
    tenant: undefined,
    ip: undefined,
    requestId: undefined,
  });
  return issued.token;
}

const servedFiles = async (issuer: Issuer) => {
  await world.catalog.refresh();
  return [...(world.catalog.current().bySlug.get(issuer.slug)?.asapFiles.keys() ?? [])];
};

describe('a new RS issuer', () => {
  it('has an active key and a next one, both published', async () => {
    const issuer = await world.addIssuer({ slug: 'fresh' });
    expect(await stages(issuer)).toEqual(['active', 'next']);
    expect(await servedFiles(issuer)).toHaveLength(2);
  });

  it('serves none of the keys of another', async () => {
    const one = await world.addIssuer({ slug: 'one' });
    const other = await world.addIssuer({ slug: 'other' });
    const files = new Set([...(await servedFiles(one)), ...(await servedFiles(other))]);
    expect(files.size).toBe(4);
  });
});

describe('rotateIssuerKeys', () => {
  it('refuses while caches may not know the next key, and says until when', async () => {
    await world.addIssuer({ slug: 'young' });
    await expect(rotate('young')).rejects.toMatchObject({
      code: 'key_too_young',
      details: { readyAt: new Date(world.clock.now().getTime() + 600_000) },
    });
  });

  it('promotes the next key; tokens of the old one are still taken', async () => {
    const issuer = await world.addIssuer({ slug: 'turn' });
    const before = await token(issuer);
    world.clock.advance(601);
    const { kid } = await rotate('turn');
    const after = await token(issuer);
    expect(kidOf(after)).toBe(kid);
    expect(await stages(issuer)).toEqual(['active', 'next', 'published']);
    expect(world.judge(issuer, after, 'standup').verdict).toBe('accepted');
    expect(await servedFiles(issuer)).toContain(asapFile(kidOf(before)));
  });

  it('rotates once when fifty ask at once', async () => {
    const issuer = await world.addIssuer({ slug: 'race' });
    world.clock.advance(601);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => rotate('race')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stages(issuer)).toEqual(['active', 'next', 'published']);
  }, 60_000);

  it('destroys the private half of a key that signs no more', async () => {
    const issuer = await world.addIssuer({ slug: 'gone' });
    await rotate('gone', true);
    const rows = await world.database
      .knex('signing_keys')
      .where({ issuer_id: issuer.id, stage: 'published' });
    expect(rows.map((row) => row.sealed_private_pem)).toEqual([null]);
  });

  it('has nothing to rotate for an HS issuer', async () => {
    await world.addIssuer({ slug: 'hs', algorithm: 'HS256' });
    await expect(rotate('hs')).rejects.toMatchObject({ code: 'signing_key_missing' });
    await expect(rotate('nobody')).rejects.toMatchObject({ code: 'issuer_not_found' });
  });
});

describe('retireKeys', () => {
  it('serves an old key until its last token has ended for an hour', async () => {
    const issuer = await world.addIssuer({ slug: 'old', tokenTtlSeconds: 900 });
    const shorter = { ...issuer, tokenTtlSeconds: 60 };
    await world.stores.issuers.update(shorter, undefined, world.clock.now());
    await rotate('old', true);
    world.clock.advance(900 + 3599);
    await retireKeys(world);
    expect(await servedFiles(issuer)).toHaveLength(3);
    world.clock.advance(1);
    await retireKeys(world);
    expect(await servedFiles(issuer)).toHaveLength(2);
    expect(await stages(issuer)).toEqual(['active', 'next', 'retired']);
  });
});

describe('importIssuerKey', () => {
  it.each(['pkcs8', 'pkcs1'] as const)('takes an operator’s own key (%s) as next', async (type) => {
    const slug = `import-${type}`;
    const issuer = await world.addIssuer({ slug });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = importRsaKey(privateKey.export({ type, format: 'pem' }).toString());
    await importIssuerKey(world, { slug, key, actor: CLI });
    const [event] = await world.stores.auditEvents.list({ type: 'key.created', limit: 1 });
    expect(event).toMatchObject({ actorName: 'cli', issuerId: issuer.id, kid: key.kid });
    expect((await rotate(slug, true)).kid).toBe(key.kid);
    expect(world.judge(issuer, await token(issuer), 'standup').verdict).toBe('accepted');
  });

  it.each([
    ['nonsense', 'hello'],
    ['an elliptic key', ecKey()],
    ['a small key', rsaKey(1024)],
  ])('refuses %s', (_what, pem) => {
    expect(() => importRsaKey(pem)).toThrow(KeyImportError);
  });

  it('gives every key a kid of its own', async () => {
    const kids = await Promise.all([makeRsaKey(2048), makeRsaKey(2048)]);
    expect(kids[0]?.kid).not.toBe(kids[1]?.kid);
    expect(kids[0]?.kid).toMatch(/^[\w-]{22}$/);
  });
});

function ecKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function rsaKey(modulusLength: number): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
