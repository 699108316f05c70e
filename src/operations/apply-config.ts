/**
 * Makes the database match a configuration file, in one transaction.
 *
 * Hashing and key making take their time, so they are done before it begins; inside, everything is
 * planned first by reading, and only a plan without a mistake is written.
 *
 * @module
 */
import type { PasswordHasher } from '../crypto/password.ts';
import type { MakeRsaKey } from '../crypto/rsa-key.ts';
import type { Clock, Random } from '../domain/clock.ts';
import type { Change } from '../domain/config-file/change.ts';
import type { FileMistake } from '../domain/config-file/mistake.ts';
import type { ConfigFile, Placed, UserEntry } from '../domain/config-file/schema.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { planBranding } from './apply/branding.ts';
import { planGroups } from './apply/groups.ts';
import { type KeysAtHand, prepareKeys } from './apply/issuer-keys.ts';
import { planIssuers } from './apply/issuers.ts';
import type { Plan, PlanContext } from './apply/plan.ts';
import { planSignIn } from './apply/sign-in.ts';
import { planUpstreams } from './apply/upstreams.ts';
import { planUsers } from './apply/users.ts';
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
  const branding = await planBranding(context);
  const signIn = await planSignIn(context);
  const groups = await planGroups(context);
  const users = await planUsers(context, { groupIds: groups.groupIds, hashOf: ready.hashOf });
  const issuers = await planIssuers(context, ready.keys);
  const upstreams = await planUpstreams(context);
  return {
    steps: [
      ...branding,
      ...signIn,
      ...groups.steps,
      ...issuers.steps,
      ...upstreams.steps,
      ...users.steps,
      ...groups.removals,
    ],
    mistakes: [...groups.mistakes, ...users.mistakes, ...issuers.mistakes, ...upstreams.mistakes],
  };
}

interface Ready {
  readonly hashOf: (placed: Placed<UserEntry>) => Promise<string | undefined>;
  readonly keys: KeysAtHand;
}

/** A hash that became needed only since is made late, inside the transaction. */
async function prepare(deps: ApplyConfigDeps, file: ConfigFile): Promise<Ready> {
  const { stores, passwords, makeKey } = deps;
  const hashes = new Map<number, string>();
  for (const { index, entry } of file.users ?? []) {
    const { password, username } = entry;
    if (password === undefined || faultsOfPassword(password, entry).length > 0) continue;
    const isNew = !(await stores.users.findByLoginName(username));
    if (isNew) hashes.set(index, await passwords.hash(password));
  }

  const entries = (file.issuers ?? []).map(({ entry }) => entry);
  const keys = await prepareKeys(stores, makeKey, entries);

  return {
    async hashOf({ index, entry }) {
      if (entry.password === undefined) return undefined;
      return hashes.get(index) ?? passwords.hash(entry.password);
    },
    keys,
  };
}
