/**
 * People whom the directory no longer lists.
 *
 * @module
 */
import type { Directory, Reached } from '../../directory/directory.ts';
import type { Clock } from '../../domain/clock.ts';
import type { SyncNote } from '../../domain/upstreams/sync.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { KnownPerson } from '../../stores/upstream-syncs.ts';
import type { Actor } from '../actor.ts';
import { isLastAdministrator, shutOutKept } from './sync-people.ts';
import type { Tally } from './sync-tally.ts';

export interface MissingDeps {
  readonly stores: Pick<Stores, 'transaction' | 'upstreamSyncs' | 'users'>;
  readonly directory: Pick<Directory, 'stillThere'>;
  readonly clock: Clock;
}

const PAGE = 500;

export interface GonePerson extends KnownPerson {
  readonly username: string;
}

/** Who came from the directory, may sign in, and is not in it any more. */
export async function missingPeople(
  { stores, directory }: MissingDeps,
  { seen, ...reached }: Reached & { readonly seen: ReadonlySet<string> },
): Promise<readonly GonePerson[]> {
  const unseen: KnownPerson[] = [];
  for (let after = ''; ; ) {
    const page = await stores.upstreamSyncs.known({
      upstreamId: reached.upstream.id,
      after,
      limit: PAGE,
    });
    unseen.push(...page.filter(({ subject }) => !seen.has(subject)));
    const last = page.at(-1);
    if (!last || page.length < PAGE) break;
    after = last.subject;
  }
  if (unseen.length === 0) return [];
  // Pages may leave somebody out who moves meanwhile: who seems to be gone is asked for by name.
  const there = await directory.stillThere(
    reached,
    unseen.map(({ subject }) => subject),
  );
  const gone: GonePerson[] = [];
  for (const one of unseen) {
    if (there.has(one.subject)) continue;
    const user = await stores.users.findById(one.userId);
    if (user && !user.disabledAt && user.source === reached.upstream.slug)
      gone.push({ ...one, username: user.username });
  }
  return gone;
}

interface Shutting extends Pick<Reached, 'upstream'> {
  readonly gone: readonly GonePerson[];
  readonly trial: boolean;
  readonly actor: Actor;
  readonly tally: Tally;
  readonly advance: () => Promise<void>;
}

/** Each in a transaction of their own: the last administrator stays, and stops nobody else. */
export async function shutOutMissing(deps: MissingDeps, input: Shutting): Promise<void> {
  for (const [nth, one] of input.gone.entries()) {
    const note = await deps.stores.transaction((tx) => shutOutOne(tx, deps, input, one));
    if (note) input.tally.add(note);
    if (nth % 50 === 49) await input.advance();
  }
}

async function shutOutOne(
  tx: StoresInTransaction,
  { clock }: MissingDeps,
  { upstream, actor, trial }: Shutting,
  { subject, userId }: KnownPerson,
): Promise<SyncNote | undefined> {
  await tx.lock('apply');
  const identity = await tx.identities.hold(upstream.id, subject);
  const user = identity && (await tx.users.hold(userId));
  if (!user || user.disabledAt || user.source !== upstream.slug) return undefined;
  const { username: name } = user;
  const now = clock.now();
  if (await isLastAdministrator(tx, user, now))
    return { outcome: 'kept', name, why: 'last_administrator' };
  if (!trial) await shutOutKept(tx, { user, identity, actor, now });
  return { outcome: 'disabled', name, why: 'gone' };
}
