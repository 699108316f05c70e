import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asapFile } from '../../src/crypto/digest.ts';
import { importRsaKey, KeyImportError, makeRsaKey } from '../../src/crypto/rsa-key.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import { CLI } from '../../src/operations/actor.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { describeKeys } from '../../src/operations/describe-keys.ts';
import { replaceNextKey, retireKeys, rotateIssuerKeys } from '../../src/operations/issuer-keys.ts';
import { rotateDueKeys } from '../../src/operations/rotate-due-keys.ts';
import { retireKey } from '../../src/operations/retire-key.ts';
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
    await expect(rotate('hs')).rejects.toMatchObject({ code: 'issuer_without_keys' });
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

describe('rotateDueKeys', () => {
  const due = () => rotateDueKeys(world);

  it('rotates when the days are over, and every token verifies throughout', async () => {
    const issuer = await world.addIssuer({ slug: 'due', keyRotationDays: 1 });
    world.clock.advance(86_399);
    expect(await due()).toEqual([]);
    const before = await token(issuer);
    world.clock.advance(1);
    expect(await due()).toEqual(['due']);
    const after = await token(issuer);
    expect(kidOf(after)).not.toBe(kidOf(before));
    for (const one of [before, after])
      expect(world.judge(issuer, one, 'standup').verdict).toBe('accepted');
    const [event] = await world.stores.auditEvents.list({ type: 'key.rotated', limit: 1 });
    expect(event).toMatchObject({ actorName: 'system', details: { keyRotationDays: 1 } });
    expect(await due()).toEqual([]);
  });

  it('rotates once when several processes find it due', async () => {
    const issuer = await world.addIssuer({ slug: 'crowd', keyRotationDays: 1 });
    world.clock.advance(86_400);
    const found = await Promise.all(Array.from({ length: 8 }, due));
    expect(found.flat().filter((slug) => slug === 'crowd')).toHaveLength(1);
    expect(await stages(issuer)).toEqual(['active', 'next', 'published']);
  });

  it('leaves issuers without a schedule alone', async () => {
    await world.addIssuer({ slug: 'calm' });
    world.clock.advance(400 * 86_400);
    expect(await due()).not.toContain('calm');
  });
});

describe('retireKey', () => {
  const retire = (slug: string, kid: string, force = false) =>
    retireKey(world, { slug, kid, force, actor: CLI });

  it('waits until the last token has ended, unless it is forced', async () => {
    const issuer = await world.addIssuer({ slug: 'leave', tokenTtlSeconds: 300 });
    const first = kidOf(await token(issuer));
    await rotate('leave', true);
    const safeAt = new Date(world.clock.now().getTime() + 300_000);
    await expect(retire('leave', first)).rejects.toMatchObject({
      code: 'key_in_use',
      details: { kid: first, safeAt },
    });
    world.clock.advance(300);
    await retire('leave', first);
    await retire('leave', first);
    expect(await stages(issuer)).toEqual(['active', 'next', 'retired']);
    expect(await servedFiles(issuer)).not.toContain(asapFile(first));

    const second = kidOf(await token(issuer));
    await rotate('leave', true);
    await retire('leave', second, true);
    const [event] = await world.stores.auditEvents.list({ type: 'key.retired', limit: 1 });
    expect(event).toMatchObject({ kid: second, actorName: 'cli', details: { forced: true } });
  });

  it('retires neither a key that signs or will, nor one of another issuer', async () => {
    const issuer = await world.addIssuer({ slug: 'stay' });
    for (const { kid } of await world.stores.signingKeys.listOf(issuer.id))
      await expect(retire('stay', kid, true)).rejects.toMatchObject({ code: 'key_needed' });
    const other = await world.addIssuer({ slug: 'foreign' });
    const [key] = await world.stores.signingKeys.listOf(other.id);
    await expect(retire('stay', key?.kid ?? '')).rejects.toMatchObject({ code: 'key_not_found' });
  });
});

describe('describeKeys', () => {
  it('tells of every key where it stands, and when the next takes over', async () => {
    await world.addIssuer({ slug: 'told', keyRotationDays: 7 });
    const report = await describeKeys(world, 'told');
    const due = new Date(world.clock.now().getTime() + 7 * 86_400_000);
    expect(report.jitsi.nextRotationAt).toEqual(due);
    expect(report.jitsi.keys.map(({ key }) => key.stage)).toEqual(['next', 'active']);
    expect(report.oidc).toEqual({ keys: [], nextRotationAt: undefined });
    await expect(describeKeys(world, 'nobody')).rejects.toMatchObject({ code: 'issuer_not_found' });
  });
});

describe('replaceNextKey', () => {
  it.each(['pkcs8', 'pkcs1'] as const)('takes an operator’s own key (%s) as next', async (type) => {
    const slug = `import-${type}`;
    const issuer = await world.addIssuer({ slug });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = importRsaKey(privateKey.export({ type, format: 'pem' }).toString());
    await replaceNextKey(world, { slug, key, origin: 'imported', actor: CLI });
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
