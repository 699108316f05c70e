/**
 * People, from the command line: the same rules and the same record as for a file that is applied.
 *
 * @module
 */
import type { UserEntry } from '../../domain/config-file/schema.ts';
import { userEntrySchema } from '../../domain/config-file/schema.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import { DomainError } from '../../domain/errors.ts';
import { findPasswordFaults } from '../../domain/password-policy.ts';
import type { User } from '../../domain/user.ts';
import { CLI } from '../../operations/actor.ts';
import { namesOf } from '../../operations/apply/check-user.ts';
import { applyConfig } from '../../operations/apply-config.ts';
import { type Call, type Command, Refusal, UsageError } from './command.ts';
import { type Ground, requireUser, withFoundation } from './with-foundation.ts';

const PAGE = 1000;

export const usersAdd: Command = {
  name: 'users add',
  synopsis: 'USERNAME [--name NAME] [--email ADDRESS] [--group GROUP]… [--admin]',
  summary: 'Adds somebody; the password is asked for, or read from standard input.',
  words: [1, 1],
  options: {
    name: { type: 'string' },
    email: { type: 'string' },
    group: { type: 'string', multiple: true },
    admin: { type: 'boolean' },
  },
  async run(call) {
    const entry = readEntry(call);
    return withFoundation(call, async (ground) => {
      if (await ground.stores.users.findByLoginName(entry.username))
        throw new DomainError('login_name_taken', { name: entry.username });
      const password = await askPassword(call, namesOf(entry));
      await change(ground, { ...entry, password });
      const { username } = entry;
      return { ok: true, lines: [`${username} can sign in now.`], json: { username } };
    });
  },
};

export const usersList: Command = {
  name: 'users list',
  synopsis: '',
  summary: 'Lists everybody, with groups and what they may administer.',
  words: [0, 0],
  options: {},
  run: (call) =>
    withFoundation(call, async ({ stores }) => {
      const users: User[] = [];
      for (let after: string | undefined; ; after = users.at(-1)?.username) {
        const page = await stores.users.list({ after, limit: PAGE });
        users.push(...page);
        if (page.length < PAGE) break;
      }
      const lines = users.map(({ username, displayName, groups, role, disabledAt }) => {
        const marks = [role, disabledAt && 'disabled'].filter((mark) => mark !== undefined);
        const about = [displayName, groups.join(', '), ...marks].filter((part) => part !== '');
        return `${username.padEnd(24)}  ${about.join(' · ')}`;
      });
      return { ok: true, lines: lines.length > 0 ? lines : ['Nobody yet.'], json: users };
    }),
};

export const usersPasswd: Command = {
  name: 'users passwd',
  synopsis: 'USERNAME',
  summary: 'Sets a password (asked for, or from standard input); ends the sessions.',
  words: [1, 1],
  options: {},
  run: (call) =>
    withFoundation(call, async (ground) => {
      const user = await requireUser(ground.stores, call.positionals[0] ?? '');
      const passwordHash = await ground.hashPassword(
        await askPassword(call, namesOf(fromUser(user))),
      );
      await change(ground, { username: user.username, passwordHash });
      const { username } = user;
      const lines = [`${username} has a new password, and is signed out everywhere.`];
      return { ok: true, lines, json: { username } };
    }),
};

export const usersDisable: Command = {
  name: 'users disable',
  synopsis: 'USERNAME [--undo]',
  summary: 'Ends all sessions of somebody, who cannot sign in until --undo.',
  words: [1, 1],
  options: { undo: { type: 'boolean' } },
  run: (call) =>
    withFoundation(call, async (ground) => {
      const { username } = await requireUser(ground.stores, call.positionals[0] ?? '');
      const disabled = !call.isSet('undo');
      await change(ground, { username, disabled });
      const state = disabled ? 'is disabled, and signed out everywhere' : 'can sign in again';
      return { ok: true, lines: [`${username} ${state}.`], json: { username, disabled } };
    }),
};

function readEntry(call: Call): UserEntry {
  const groups = call.texts('group');
  const result = userEntrySchema.safeParse({
    username: call.positionals[0],
    displayName: call.text('name'),
    email: call.text('email'),
    ...(groups.length > 0 ? { groups } : {}),
    ...(call.isSet('admin') ? { admin: true } : {}),
  });
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new UsageError(wrong.join('\n'));
}

/** Asked for twice where a person types it. */
async function askPassword(call: Call, names: readonly string[]): Promise<string> {
  const { terminal } = call;
  const password = await terminal.readSecret('New password: ');
  const reasons = findPasswordFaults(password, names);
  if (reasons.length > 0) throw new DomainError('password_weak', { reasons });
  if (terminal.isInteractive && (await terminal.readSecret('Once more: ')) !== password)
    throw new Refusal('These were two different passwords; nothing was changed.');
  return password;
}

async function change(ground: Ground, entry: UserEntry): Promise<void> {
  const { mistakes } = await applyConfig(ground, {
    file: { users: [{ index: 0, entry }] },
    mistakes: [],
    mode: 'write',
    prune: false,
    publicUrl: ground.publicUrl,
    actor: CLI,
  });
  if (mistakes.length === 0) return;
  const lines = mistakes.map(({ path, message, hint }) => {
    const field = path.length > 2 ? `${String(path[2])}: ` : '';
    return `${field}${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
  throw new Refusal(lines.join('\n'));
}
