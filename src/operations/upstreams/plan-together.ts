/**
 * Lookups of people who are planned side by side: what they ask for in one turn is asked at once.
 *
 * @module
 */
import type { StoresInTransaction } from '../../stores/index.ts';

type Looked = Pick<StoresInTransaction, 'groups' | 'identities' | 'users'>;

/** Only while nothing is written: groups are listed once. */
export function lookingTogether<Stores extends Looked>(tx: Stores, upstreamId: string): Stores {
  const { groups, identities, users } = tx;
  const next = oneByOne();
  const findIdentities = together(next, (subjects) => identities.findAmong(upstreamId, subjects));
  const holdUsers = together(next, (ids) => users.holdAmong(ids));
  let listed: ReturnType<typeof groups.list> | undefined;
  return {
    ...tx,
    groups: { ...groups, list: () => (listed ??= next(() => groups.list())) },
    identities: {
      ...identities,
      find: async (_, subject) => (await findIdentities([subject])).get(subject),
    },
    users: {
      ...users,
      hold: async (id) => (await holdUsers([id])).get(id),
      findByKeys: together(next, (keys) => users.findByKeys(keys)),
    },
  };
}

type Next = <Found>(load: () => Promise<Found>) => Promise<Found>;

/** A transaction has one connection. Each waits until nobody has more to ask for now. */
function oneByOne(): Next {
  let last: Promise<unknown> = Promise.resolve();
  return (load) => {
    const turn = last.then(() => new Promise((resolve) => void setImmediate(resolve)));
    const found = turn.then(load);
    last = found.catch(() => {});
    return found;
  };
}

/** Gives each caller what was found for all. */
function together<Found>(
  next: Next,
  load: (keys: readonly string[]) => Promise<Found>,
): (keys: readonly string[]) => Promise<Found> {
  let waiting: { readonly keys: Set<string>; readonly found: Promise<Found> } | undefined;
  return (more) => {
    if (!waiting) {
      const keys = new Set<string>();
      const found = next(() => {
        waiting = undefined;
        return load([...keys]);
      });
      waiting = { keys, found };
    }
    for (const key of more) waiting.keys.add(key);
    return waiting.found;
  };
}
