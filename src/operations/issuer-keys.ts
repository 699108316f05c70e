/**
 * The life of an issuer's signing keys: made with the issuer, rotated, retired.
 *
 * New keys are made before a transaction begins: RSA takes its time, and a transaction must not.
 *
 * @module
 */
import type { MakeRsaKey, RsaKey } from '../crypto/rsa-key.ts';
import type { AuditEvent } from '../domain/audit-event.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { type Issuer, isHs } from '../domain/issuer.ts';
import { RETIRE_GRACE_SECONDS, readyToSignAt } from '../domain/key-life.ts';
import type {
  KeyRing,
  PrivateSigningKey,
  SigningKey,
  SigningKeyStage,
} from '../domain/signing-key.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import { type Actor, SYSTEM } from './actor.ts';

type KeyStores = Pick<StoresInTransaction, 'signingKeys' | 'auditEvents' | 'catalogVersion'>;

/** Two keys for a new RS issuer, to be handed to `ensureIssuerKeys`. */
export async function makeKeyPairFor(
  issuer: Pick<Issuer, 'rsaBits'>,
  makeKey: MakeRsaKey,
): Promise<[RsaKey, RsaKey]> {
  return [await makeKey(issuer.rsaBits), await makeKey(issuer.rsaBits)];
}

/** Gives an RS issuer an active and a next key unless it has them. True when it made any. */
export async function ensureIssuerKeys(
  stores: KeyStores,
  { issuer, keys, now }: { issuer: Issuer; keys: readonly [RsaKey, RsaKey]; now: Date },
): Promise<boolean> {
  if (isHs(issuer.algorithm)) return false;
  return fillRing(stores, { issuer, ring: 'jitsi', keys, now });
}

/** The same for one ring, whatever the issuer signs Jitsi tokens with. */
export async function fillRing(
  stores: Pick<KeyStores, 'signingKeys' | 'catalogVersion'>,
  { issuer, ring: name, keys, now }: FillRingInput,
): Promise<boolean> {
  const ring = await stores.signingKeys.lockRing(issuer.id, name);
  if (ring.some(({ stage }) => stage === 'active')) return false;

  const place = { issuer, ring: name, now };
  await stores.signingKeys.add(toSigningKey(keys[0], { ...place, stage: 'active' }));
  if (!ring.some(({ stage }) => stage === 'next'))
    await stores.signingKeys.add(toSigningKey(keys[1], { ...place, stage: 'next' }));
  await stores.catalogVersion.bump();
  return true;
}

export interface FillRingInput {
  readonly issuer: Issuer;
  readonly ring: KeyRing;
  readonly keys: readonly [RsaKey, RsaKey];
  readonly now: Date;
}

export interface KeyDeps {
  readonly stores: Stores;
  readonly clock: Clock;
}

export interface RotateKeysDeps extends KeyDeps {
  readonly makeKey: MakeRsaKey;
}

export interface RotateKeysInput {
  readonly slug: string;
  /** Promotes even a key that Prosody's caches may not know yet. */
  readonly force: boolean;
  /** Those of Jitsi tokens, unless it says otherwise. */
  readonly ring?: KeyRing;
  readonly actor: Actor;
}

/**
 * Promotes the next key at once and makes another; the old one is served on, but signs no more.
 *
 * @throws {DomainError} `issuer_not_found`, `issuer_without_keys`, `keys_unused`, `key_too_young`.
 */
export async function rotateIssuerKeys(
  { stores, clock, makeKey }: RotateKeysDeps,
  { slug, force, ring: ringName = 'jitsi', actor }: RotateKeysInput,
): Promise<{ kid: string; nextKid: string }> {
  const issuer = await findIssuerWith(stores, slug, ringName);
  const made = await makeKey(issuer.rsaBits);

  return stores.transaction(async (tx) => {
    const now = clock.now();
    const ring = await tx.signingKeys.lockRing(issuer.id, ringName);
    if (ring.length === 0 && ringName === 'oidc') throw new DomainError('keys_unused', { slug });
    const next = ring.find(({ stage }) => stage === 'next');
    if (!next) throw new DomainError('signing_key_missing', { slug });
    const isYoung = now < readyToSignAt(next);
    if (!force && isYoung)
      throw new DomainError('key_too_young', { slug, readyAt: readyToSignAt(next) });
    await promoteNext(tx, ring, { issuer, made, now });
    const details = { ...rotationOf(ring, made), ...(isYoung && { forced: true }) };
    const { kid } = next;
    await writeDown(tx, { type: 'key.rotated', issuer, kid, actor, now, details });
    return { kid: next.kid, nextKid: made.kid };
  });
}

/** next → active, and what was active signs no more; a new next key is published. */
export async function promoteNext(
  { signingKeys }: KeyStores,
  ring: readonly SigningKey[],
  { issuer, made, now }: { issuer: Issuer; made: RsaKey; now: Date },
): Promise<void> {
  for (const { kid, stage } of ring)
    if (stage === 'active') await signingKeys.stopSigning(kid, now);
  for (const { kid, stage } of ring) if (stage === 'next') await signingKeys.activate(kid, now);
  const name = ring[0]?.ring ?? 'jitsi';
  await signingKeys.add(toSigningKey(made, { issuer, ring: name, stage: 'next', now }));
}

/** For `details` of the event: which key signs, and which comes next. */
export function rotationOf(ring: readonly SigningKey[], made: RsaKey) {
  const next = kidAt(ring, 'next');
  return {
    before: { active: kidAt(ring, 'active'), next },
    after: { active: next, next: made.kid },
  };
}

function kidAt(ring: readonly SigningKey[], wanted: SigningKeyStage): string | undefined {
  return ring.find(({ stage }) => stage === wanted)?.kid;
}

export interface ReplaceNextInput {
  readonly slug: string;
  readonly key: RsaKey;
  /** Whether it is the operator's own, or one we made. */
  readonly origin: 'imported' | 'generated';
  /** Those of Jitsi tokens, unless it says otherwise. */
  readonly ring?: KeyRing;
  readonly actor: Actor;
}

/**
 * Puts another key in as the next one; the next key it replaces is served on until
 * it retires.
 *
 * @throws {DomainError} `issuer_not_found`, `issuer_without_keys`, `keys_unused`.
 */
export async function replaceNextKey(
  { stores, clock }: KeyDeps,
  { slug, key, origin, ring: name = 'jitsi', actor }: ReplaceNextInput,
): Promise<void> {
  const issuer = await findIssuerWith(stores, slug, name);

  await stores.transaction(async (tx) => {
    const now = clock.now();
    const ring = await tx.signingKeys.lockRing(issuer.id, name);
    if (ring.length === 0 && name === 'oidc') throw new DomainError('keys_unused', { slug });
    for (const { kid, stage } of ring)
      if (stage === 'next') await tx.signingKeys.stopSigning(kid, now);
    await tx.signingKeys.add(toSigningKey(key, { issuer, ring: name, stage: 'next', now }));
    await writeDown(tx, {
      type: 'key.created',
      issuer,
      kid: key.kid,
      actor,
      now,
      details: {
        before: { next: kidAt(ring, 'next') },
        after: { next: key.kid, origin },
      },
    });
  });
}

/**
 * Makes another next key, in place of the one there is.
 *
 * @throws {DomainError} `issuer_not_found`, `issuer_without_keys`, `keys_unused`.
 */
export async function generateNextKey(
  deps: RotateKeysDeps,
  { slug, ring = 'jitsi', actor }: Pick<ReplaceNextInput, 'slug' | 'ring' | 'actor'>,
): Promise<{ kid: string }> {
  const { rsaBits } = await findIssuerWith(deps.stores, slug, ring);
  const key = await deps.makeKey(rsaBits);
  await replaceNextKey(deps, { slug, key, origin: 'generated', ring, actor });
  return { kid: key.kid };
}

/** Retires keys whose last token has ended for an hour. Gives how many. */
export async function retireKeys({ stores, clock }: KeyDeps): Promise<number> {
  return stores.transaction(async (tx) => {
    const now = clock.now();
    const retired = await tx.signingKeys.retirePublished(now, RETIRE_GRACE_SECONDS);
    for (const { kid, issuerId } of retired)
      await tx.auditEvents.add({
        at: now,
        type: 'key.retired',
        ...SYSTEM,
        targetType: 'issuer',
        targetId: issuerId,
        issuerId,
        kid,
        details: { before: { stage: 'published' }, after: { stage: 'retired' } },
      });
    if (retired.length > 0) await tx.catalogVersion.bump();
    return retired.length;
  });
}

/** Every issuer has a ring for OpenID Connect; for Jitsi those alone that share no secret with it. */
export async function findIssuerWith(
  stores: Pick<StoresInTransaction, 'issuers'>,
  slug: string,
  ring: KeyRing,
): Promise<Issuer> {
  const issuer = await stores.issuers.findBySlug(slug);
  if (!issuer) throw new DomainError('issuer_not_found', { slug });
  if (ring === 'jitsi' && isHs(issuer.algorithm))
    throw new DomainError('issuer_without_keys', { slug });
  return issuer;
}

interface KeyChange {
  readonly type: 'key.rotated' | 'key.created' | 'key.retired';
  readonly issuer: Issuer;
  readonly kid: string;
  readonly actor: Actor;
  readonly now: Date;
  readonly details?: AuditEvent['details'];
}

/** With the catalog's version, which makes every process serve what is true now. */
export async function writeDown(tx: KeyStores, change: KeyChange): Promise<void> {
  const { type, issuer, kid, actor, now, details } = change;
  await tx.catalogVersion.bump();
  await tx.auditEvents.add({
    at: now,
    type,
    ...actor,
    targetType: 'issuer',
    targetId: issuer.id,
    targetName: issuer.slug,
    issuerId: issuer.id,
    kid,
    details,
  });
}

interface NewKey {
  readonly issuer: Issuer;
  readonly ring: KeyRing;
  readonly stage: SigningKeyStage;
  readonly now: Date;
}

function toSigningKey(key: RsaKey, { issuer, ring, stage, now }: NewKey): PrivateSigningKey {
  return {
    ...key,
    issuerId: issuer.id,
    ring,
    stage,
    createdAt: now,
    activatedAt: stage === 'active' ? now : undefined,
    publishedAt: undefined,
    retiredAt: undefined,
  };
}
