/**
 * Lists of people, read in as the server does it, with mails that go nowhere.
 *
 * @module
 */
import { permissionsOf } from '../../src/domain/permissions.ts';
import type { ImportOptions } from '../../src/domain/user-import.ts';
import type { Author } from '../../src/operations/actor.ts';
import {
  beginImport,
  startImport,
  workOnImports,
} from '../../src/operations/people/import/import-users.ts';
import type { LinkMail } from '../../src/operations/people/link-mail.ts';
import { signInDeps } from './sign-in.ts';
import type { testStores } from './stores.ts';

export const OPTIONS: ImportOptions = { existing: 'change', groups: 'refuse', links: 'none' };
export const manager: Author = {
  actor: { actorName: 'mona' },
  permissions: permissionsOf('user_manager'),
};

export function importing(ground: Awaited<ReturnType<typeof testStores>>) {
  const { stores } = ground;
  const mails: LinkMail[] = [];
  /** Addresses that the mail server refuses. */
  const refused = new Set<string>();
  const deps = {
    ...signInDeps(ground),
    stores,
    publicUrl: () => new URL('https://auth.example.org'),
    sendLink: async (mail: LinkMail) => {
      if (refused.has(mail.user.email ?? '')) return false;
      mails.push(mail);
      return true;
    },
  };
  const begin = (text: string | Buffer, options = OPTIONS, author = manager) =>
    beginImport(deps, { fileName: 'people.csv', bytes: Buffer.from(text), options, ...author });

  const told = async (id: string) => {
    const { items } = await stores.imports.rows({ id, limit: 500 });
    return items.map(({ line, outcome, code, detail }) =>
      [line, outcome, code, detail].filter((it) => it !== undefined).join(' '),
    );
  };

  /** Tries a file, and does it. */
  const run = async (text: string, options = OPTIONS, author = manager) => {
    const { id } = await begin(text, options, author);
    await workOnImports(deps);
    const tried = await told(id);
    await startImport(deps, { id, ...author });
    await workOnImports(deps);
    return { id, tried, done: await told(id) };
  };

  return { begin, deps, mails, refused, run, told };
}
