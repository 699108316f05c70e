/**
 * The `users` section: who is made, changed, removed.
 *
 * @module
 */
import { type FileMistake, wrongValue } from '../../domain/config-file/mistake.ts';
import type { Placed, UserEntry } from '../../domain/config-file/schema.ts';
import { toUser } from '../../domain/config-file/user-entry.ts';
import {
  administers,
  loginKey,
  losesLastAdministrator,
  newLocalUser,
  type User,
} from '../../domain/user.ts';
import type { UserWithPassword } from '../../stores/users.ts';
import { checkOwned } from './check-owned.ts';
import { checkGroups, checkNewPassword, checkPasswordHash } from './check-user.ts';
import type { Plan, PlanContext, Step } from './plan.ts';
import { addUser, changeUser, removeUser } from './user-steps.ts';

const PAGE = 1000;

export interface UsersInput {
  readonly groupIds: ReadonlyMap<string, string>;
  /** Of the password of a new user. */
  readonly hashOf: (placed: Placed<UserEntry>) => Promise<string | undefined>;
}

export async function planUsers(context: PlanContext, input: UsersInput): Promise<Plan> {
  const { tx, file, now, random } = context;
  if (!file.users) return { steps: [], mistakes: [] };
  const before = await tx.users.countAdministrators();
  const mistakes: FileMistake[] = [];
  const steps: Step[] = [];
  let administrators = before;

  const pruned = context.prune ? await findUnnamed(context) : [];
  for (const user of pruned) administrators -= weight(user);
  const names: Names = { taken: new Map(), freed: new Set(pruned.map(({ id }) => id)) };
  for (const placed of file.users) {
    const found = await findUser(context, placed, { names, mistakes });
    const { username } = placed.entry;
    const base = found?.user ?? newLocalUser({ id: random.uuid(), username, createdAt: now });
    const user = toUser(placed.entry, base, now);
    mistakes.push(
      ...(await checkNames(context, placed, names)),
      ...checkGroups(placed, input.groupIds),
      ...checkPasswordHash(placed),
      ...(found
        ? await checkOwned(context, placed, { before: found.user, after: user })
        : checkNewPassword(placed)),
    );
    administrators += weight(user) - (found ? weight(found.user) : 0);
    const desired = { placed, user, ...input };
    const step = found ? changeUser(context, found, desired) : addUser(context, desired);
    if (step) steps.push(step);
  }

  if (losesLastAdministrator(before, administrators)) mistakes.push(NO_ADMINISTRATOR);
  // Removed first: who comes may take over the name of who goes.
  return { steps: [...pruned.map((user) => removeUser(context, user)), ...steps], mistakes };
}

const NO_ADMINISTRATOR = wrongValue(
  ['users'],
  'this would leave no administrator',
  'give one of the users admin: true',
);

const weight = (user: User) => (administers(user) ? 1 : 0);

async function findUser(
  { tx }: PlanContext,
  { index, entry }: Placed<UserEntry>,
  { names, mistakes }: { names: Names; mistakes: FileMistake[] },
): Promise<UserWithPassword | undefined> {
  const found = await tx.users.findByLoginName(entry.username);
  if (!found || loginKey(found.user.username) === loginKey(entry.username)) return found;
  if (names.freed.has(found.user.id)) return undefined;
  const message = `is the e-mail address of ${found.user.username} already`;
  mistakes.push(wrongValue(['users', index, 'username'], message));
  return undefined;
}

interface Names {
  /** Login key → index of the entry that has it. */
  readonly taken: Map<string, number>;
  /** Ids of those who go: their names are free. */
  readonly freed: ReadonlySet<string>;
}

/** Usernames and e-mail addresses are one space: nobody may have another's. */
async function checkNames(
  { tx }: PlanContext,
  { index, entry }: Placed<UserEntry>,
  { taken, freed }: Names,
): Promise<FileMistake[]> {
  const { username, email } = entry;
  const mistakes: FileMistake[] = [];
  for (const [field, name] of Object.entries({ username, email })) {
    if (!name) continue;
    const path = ['users', index, field];
    const twin = taken.get(loginKey(name));
    taken.set(loginKey(name), index);
    if (twin !== undefined && twin !== index) {
      mistakes.push(wrongValue(path, `belongs to users[${twin}] already`));
      continue;
    }
    const owner = field === 'email' ? await tx.users.findByLoginName(name) : undefined;
    if (!owner || freed.has(owner.user.id)) continue;
    if (loginKey(owner.user.username) !== loginKey(username))
      mistakes.push(wrongValue(path, `belongs to ${owner.user.username} already`));
  }
  return mistakes;
}

/** People of a directory are not the file's to remove. */
async function findUnnamed({ tx, file }: PlanContext): Promise<User[]> {
  const named = new Set(file.users?.map(({ entry }) => loginKey(entry.username)));
  const unnamed: User[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await tx.users.list({ after, limit: PAGE });
    const local = page.filter(({ source }) => source === 'local');
    unnamed.push(...local.filter(({ username }) => !named.has(loginKey(username))));
    if (page.length < PAGE) return unnamed;
    after = page.at(-1)?.username;
  }
}
