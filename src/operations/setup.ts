/**
 * First run: the operator's one-time link, and what its form makes.
 *
 * @module
 */
import { tokenHash } from '../crypto/digest.ts';
import type { MakeRsaKey } from '../crypto/rsa-key.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { Issuer } from '../domain/issuer.ts';
import { newIssuer } from '../domain/new-issuer.ts';
import { MAIN_SLUG } from '../domain/slug.ts';
import { newLocalUser, type User } from '../domain/user.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { ensureIssuerKeys, makeKeyPairFor } from './issuer-keys.ts';

export const SETUP_LINK_SECONDS = 24 * 3600;
/** Whose members moderate on a new installation. */
const MODERATORS = 'moderators';

export interface SetupDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
}

/** True while nobody can administer: then, and only then, setup is open. */
export async function isSetupOpen(stores: Pick<StoresInTransaction, 'users'>): Promise<boolean> {
  return (await stores.users.countAdministrators()) === 0;
}

/**
 * Makes a new link's token; any earlier link dies.
 *
 * @throws {DomainError} `setup_closed` once there is an administrator.
 */
export async function makeSetupToken({ stores, clock, random }: SetupDeps): Promise<string> {
  const token = random.token();
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + SETUP_LINK_SECONDS * 1000);
  await stores.transaction(async (tx) => {
    await tx.lock('setup');
    if (!(await isSetupOpen(tx))) throw new DomainError('setup_closed', undefined);
    await tx.setupLinks.replace({ tokenHash: tokenHash(token), now, expiresAt });
    await tx.auditEvents.add({ at: now, type: 'setup.link_made', actorName: 'system' });
  });
  return token;
}

/** @throws {DomainError} `setup_closed`, `setup_link_invalid`. Consumes nothing. */
export async function checkSetupToken(
  { stores, clock }: Pick<SetupDeps, 'stores' | 'clock'>,
  token: string,
): Promise<void> {
  if (!(await isSetupOpen(stores))) throw new DomainError('setup_closed', undefined);
  if (!(await stores.setupLinks.isAlive(tokenHash(token), clock.now())))
    throw new DomainError('setup_link_invalid', undefined);
}

export interface SetupInput {
  readonly token: string;
  readonly displayName: string;
  /** The username, too. */
  readonly email: string;
  /** argon2id, PHC string. */
  readonly passwordHash: string;
  readonly publicUrl: URL;
  /** The environment fixes the public URL: then it is not stored. */
  readonly publicUrlFixed: boolean;
  /** With a trailing slash. */
  readonly serverUrl: string | undefined;
  readonly actor: Omit<Actor, 'actorName'>;
}

/**
 * Makes the first administrator and the issuer `main`, in one transaction; of several that try,
 * one succeeds. An issuer `main` that was declared before is left as it is.
 *
 * @throws {DomainError} `setup_closed`, `setup_link_invalid`, `login_name_taken`.
 */
export async function completeSetup(
  { stores, clock, random, makeKey }: SetupDeps & { readonly makeKey: MakeRsaKey },
  input: SetupInput,
): Promise<{ user: User; issuer: Issuer; isDeclared: boolean }> {
  const keys = await makeKeyPairFor({ rsaBits: 2048 }, makeKey);

  return stores.transaction(async (tx) => {
    const now = clock.now();
    await tx.lock('setup');
    if (!(await isSetupOpen(tx))) throw new DomainError('setup_closed', undefined);
    if (!(await tx.setupLinks.consume(tokenHash(input.token), now)))
      throw new DomainError('setup_link_invalid', undefined);

    const user = await addAdministrator(tx, { input, id: random.uuid(), now });
    const groupId = await ensureGroup(tx, { id: random.uuid(), now });
    await tx.groups.setForUser(user.id, [groupId]);

    const declared = await tx.issuers.findBySlug(MAIN_SLUG);
    const issuer = declared ?? mainIssuer(input, random.uuid(), now);
    if (!declared) await tx.issuers.add(issuer, undefined, now);
    await ensureIssuerKeys(tx, { issuer, keys, now });

    if (!input.publicUrlFixed) await tx.settings.set('public_url', input.publicUrl.origin, now);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: now,
      type: 'setup.completed',
      ...input.actor,
      actorId: user.id,
      actorName: user.username,
      targetType: 'issuer',
      targetId: issuer.id,
      targetName: issuer.slug,
      details: { after: { publicUrl: input.publicUrl.origin, serverUrl: input.serverUrl } },
    });
    return { user: { ...user, groups: [MODERATORS] }, issuer, isDeclared: declared !== undefined };
  });
}

async function addAdministrator(
  tx: StoresInTransaction,
  { input, id, now }: { input: SetupInput; id: string; now: Date },
): Promise<User> {
  const { email, displayName } = input;
  const user: User = {
    ...newLocalUser({ id, username: email, createdAt: now }),
    displayName,
    email,
    role: 'administrator',
  };
  await tx.users.add(user, now);
  await tx.users.setPasswordHash(id, input.passwordHash, now);
  return user;
}

async function ensureGroup(
  tx: StoresInTransaction,
  { id, now }: { id: string; now: Date },
): Promise<string> {
  const existing = (await tx.groups.list()).find(({ name }) => name === MODERATORS);
  if (existing) return existing.id;
  await tx.groups.add({ id, name: MODERATORS }, now);
  return id;
}

function mainIssuer({ publicUrl, serverUrl }: SetupInput, id: string, now: Date): Issuer {
  return {
    ...newIssuer({ id, slug: MAIN_SLUG, publicUrl, now }),
    name: serverUrl === undefined ? 'Jitsi Meet' : new URL(serverUrl).hostname,
    serverUrl,
    useRule: '1',
    moderatorRule: `inGroup('${MODERATORS}')`,
  };
}
