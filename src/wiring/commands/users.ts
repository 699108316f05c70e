/**
 * People, from the command line: the same rules and the same record as for a file that is applied.
 *
 * @module
 */
import { DomainError, isDomainError } from '../../domain/errors.ts';
import type { User } from '../../domain/user.ts';
import { checkFields, newUserSchema } from '../../domain/user-fields.ts';
import { BY_CLI } from '../../operations/actor.ts';
import { createUser } from '../../operations/create-user.ts';
import { disableUser, enableUser } from '../../operations/disable-user.ts';
import { checkNewPassword, type PasswordOwner } from '../../operations/new-password.ts';
import { setPassword } from '../../operations/set-password.ts';
import { type Call, type Command, Refusal, UsageError } from './command.ts';
import { requireUser, withFoundation } from './with-foundation.ts';

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
    const user = readUser(call);
    return withFoundation(call, async (ground) => {
      // Told before a password is asked for.
      if (await ground.stores.users.findByLoginName(user.username))
        throw new DomainError('login_name_taken', { name: user.username });
      const password = await askPassword(call, user);
      const { username } = await createUser(ground, { user, password, ...BY_CLI });
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
      const [name = ''] = call.positionals;
      const password = await askPassword(call, await requireUser(ground.stores, name));
      const { username } = await setPassword(ground, { who: { name }, password, ...BY_CLI });
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
      const [name = ''] = call.positionals;
      const disabled = !call.isSet('undo');
      const { username } = disabled
        ? await disableUser(ground, { who: { name }, ...BY_CLI })
        : await enableUser(ground, { who: { name }, ...BY_CLI });
      const state = disabled ? 'is disabled, and signed out everywhere' : 'can sign in again';
      return { ok: true, lines: [`${username} ${state}.`], json: { username, disabled } };
    }),
};

function readUser(call: Call) {
  try {
    return checkFields(newUserSchema, {
      username: call.positionals[0] ?? '',
      displayName: call.text('name'),
      email: call.text('email'),
      groups: [...call.texts('group')],
      role: call.isSet('admin') ? 'administrator' : undefined,
    });
  } catch (cause) {
    if (!isDomainError(cause) || cause.code !== 'input_invalid') throw cause;
    const wrong = cause.details.issues.map(({ path, message }) => `${path} ${message}`);
    throw new UsageError(wrong.join('\n'), { cause });
  }
}

/** Asked for twice where a person types it. */
async function askPassword(call: Call, owner: PasswordOwner): Promise<string> {
  const { terminal } = call;
  const password = await terminal.readSecret('New password: ');
  checkNewPassword(password, owner);
  if (terminal.isInteractive && (await terminal.readSecret('Once more: ')) !== password)
    throw new Refusal('These were two different passwords; nothing was changed.');
  return password;
}
