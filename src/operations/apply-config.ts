/**
 * Makes the database match a configuration file, in one transaction.
 *
 * Hashing and key making take their time, so they are done before it begins; inside, everything is
 * planned first by reading, and only a plan without a mistake is written.
 *
 * @module
 */
import type { PasswordHasher } from '../crypto/password.ts';
import type { MakeRsaKey, RsaKey } from '../crypto/rsa-key.ts';
import type { Clock, Random } from '../domain/clock.ts';
import type { Change } from '../domain/config-file/change.ts';
import type { FileMistake } from '../domain/config-file/mistake.ts';
import type { ConfigFile, Placed, UserEntry } from '../domain/config-file/schema.ts';
import { isHs, type Issuer } from '../domain/issuer.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { planBranding } from './apply/branding.ts';
import { planGroups } from './apply/groups.ts';
import { planIssuers } from './apply/issuers.ts';
import type { Plan, PlanContext } from './apply/plan.ts';
import { planUsers } from './apply/users.ts';
import { makeKeyPairFor } from './issuer-keys.ts';
import { faultsOfPassword } from './new-password.ts';

export interface ApplyConfigDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly makeKey: MakeRsaKey;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

export interface ApplyConfigInput {
  readonly file: ConfigFile;
  /** What the file says wrong by itself: the database is still asked for more, and not written. */
  readonly mistakes: readonly unknown[];
  /** `plan` writes nothing. */
  readonly mode: 'write' | 'plan';
  /** Remove what the sections that are present do not name; never the last administrator. */
  readonly prune: boolean;
  readonly publicUrl: URL;
  readonly actor: Actor;
}

export interface ApplyConfigResult {
  /** In the order they are written. */
  readonly changes: readonly Change[];
  /** Those that only the database could tell. With any mistake nothing was written. */
  readonly mistakes: readonly FileMistake[];
}

export async function applyConfig(
  deps: ApplyConfigDeps,
  input: ApplyConfigInput,
): Promise<ApplyConfigResult> {
  const { stores, clock, random } = deps;
  const { file, prune, publicUrl, actor } = input;
  const isWriting = input.mode === 'write' && input.mistakes.length === 0;
  const ready = await prepare(deps, isWriting ? file : {});

  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const now = clock.now();
    const context = { tx, file, prune, publicUrl, actor, now, random };
    const { steps, mistakes } = await planAll(context, ready);
    if (isWriting && mistakes.length === 0 && steps.length > 0) {
      for (const step of steps) await step.write();
      await tx.catalogVersion.bump();
    }
    return { changes: steps.map(({ change }) => change), mistakes };
  });
}

async function planAll(context: PlanContext, ready: Ready): Promise<Plan> {
  const { tx } = context;
  const branding = await planBranding(context);
  const groups = await planGroups(context);
  const users = await planUsers(context, { groupIds: groups.groupIds, hashOf: ready.hashOf });
  const keysFor = async (issuer: Issuer) =>
    (await needsKeys(tx, issuer)) ? ready.keysFor(issuer) : undefined;
  const issuers = await planIssuers(context, { keysFor });
  return {
    steps: [...branding, ...groups.steps, ...issuers.steps, ...users.steps, ...groups.removals],
    mistakes: [...groups.mistakes, ...users.mistakes, ...issuers.mistakes],
  };
}

interface Ready {
  readonly hashOf: (placed: Placed<UserEntry>) => Promise<string | undefined>;
  readonly keysFor: (issuer: Issuer) => Promise<[RsaKey, RsaKey]>;
}

/** What became needed only since is made late, inside the transaction. */
async function prepare(deps: ApplyConfigDeps, file: ConfigFile): Promise<Ready> {
  const { stores, passwords, makeKey } = deps;
  const hashes = new Map<number, string>();
  for (const { index, entry } of file.users ?? []) {
    const { password, username } = entry;
    if (password === undefined || faultsOfPassword(password, entry).length > 0) continue;
    const isNew = !(await stores.users.findByLoginName(username));
    if (isNew) hashes.set(index, await passwords.hash(password));
  }

  const pairs = new Map<string, [RsaKey, RsaKey]>();
  for (const { entry } of file.issuers ?? []) {
    const { slug, algorithm = 'RS256', rsaBits = 2048 } = entry;
    const current = await stores.issuers.findBySlug(slug);
    if (isHs(algorithm) || (current && !(await needsKeys(stores, { ...current, algorithm }))))
      continue;
    pairs.set(slug, await makeKeyPairFor({ rsaBits }, makeKey));
  }

  return {
    async hashOf({ index, entry }) {
      if (entry.password === undefined) return undefined;
      return hashes.get(index) ?? passwords.hash(entry.password);
    },
    keysFor: async (issuer) => pairs.get(issuer.slug) ?? makeKeyPairFor(issuer, makeKey),
  };
}

async function needsKeys(
  { signingKeys }: Pick<StoresInTransaction, 'signingKeys'>,
  { id, algorithm }: Issuer,
): Promise<boolean> {
  if (isHs(algorithm)) return false;
  const keys = await signingKeys.listOf(id);
  return !keys.some(({ ring, stage }) => ring === 'jitsi' && stage === 'active');
}
