/**
 * Links for those whom an import brought without a password: by mail as they come, or as a list for
 * whoever hands them out.
 *
 * @module
 */
import type { Clock, Random } from '../../../domain/clock.ts';
import { csvLine } from '../../../domain/csv.ts';
import { DomainError, isDomainError } from '../../../domain/errors.ts';
import type { User } from '../../../domain/user.ts';
import type { RowCode, UserImport } from '../../../domain/user-import.ts';
import type { Stores } from '../../../stores/index.ts';
import type { Author } from '../../actor.ts';
import { passwordLink, type SendLink } from '../link-mail.ts';
import { inviteUser } from '../password-links.ts';

export interface SendLinksDeps {
  readonly stores: Pick<Stores, 'imports' | 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly publicUrl: () => URL;
  readonly sendLink: SendLink;
}

/** Somebody who was just added, without a password. */
export interface Newcomer {
  readonly nth: number;
  readonly user: User;
}

/** After so many failures in a row the mail server is not asked again for these. */
const FAILURES_MAX = 3;

/** After the transaction that added them: a mail cannot be taken back. */
export async function sendLinks(
  deps: SendLinksDeps,
  one: UserImport,
  newcomers: readonly Newcomer[],
): Promise<void> {
  if (one.options.links !== 'mail' || !deps.sendLink) return;
  let failures = 0;
  for (const { nth, user } of newcomers) {
    const code = failures < FAILURES_MAX ? await sendOne(deps, one, user) : 'mail_failed';
    failures = code === 'mail_failed' ? failures + 1 : 0;
    await deps.stores.imports.mark(one.id, nth, code);
  }
}

async function sendOne(
  deps: SendLinksDeps,
  { actor, permissions }: Pick<UserImport, 'actor' | 'permissions'>,
  { id, email }: User,
): Promise<RowCode> {
  if (email === undefined || !deps.sendLink) return 'no_address';
  const { user, token, expiresAt } = await inviteUser(deps, { who: { id }, actor, permissions });
  const link = passwordLink(deps.publicUrl(), token);
  return (await deps.sendLink({ user, link, expiresAt })) ? 'mailed' : 'mail_failed';
}

export interface SendAgainDeps extends SendLinksDeps {
  readonly stores: Pick<Stores, 'imports' | 'transaction' | 'users'>;
}

/** What became of a link that nobody got; a process may have died before it was sent. */
export const UNSENT: readonly RowCode[] = ['mail_failed', 'mail_waiting'];

/** Sent in one request; who sees that more failed presses again. */
const AGAIN_AT_ONCE = 100;

/**
 * Sends what failed once more: a new link for each who still has no password. Says how many went.
 *
 * @throws {DomainError} `import_not_found`, `import_not_ready` while it is at work.
 */
export async function sendFailedLinks(
  deps: SendAgainDeps,
  { id, actor, permissions }: Author & { readonly id: string },
): Promise<number> {
  const { imports } = deps.stores;
  const one = await imports.find(id);
  if (!one) throw new DomainError('import_not_found', undefined);
  if (one.state !== 'done') throw new DomainError('import_not_ready', undefined);

  const { items } = await imports.rows({ id, codes: UNSENT, limit: AGAIN_AT_ONCE });
  let failures = 0;
  let sent = 0;
  for (const { nth, userId } of items) {
    if (failures >= FAILURES_MAX) break;
    const code = await sendAgain(deps, { actor, permissions }, userId);
    failures = code === 'mail_failed' ? failures + 1 : 0;
    sent += code === 'mailed' ? 1 : 0;
    await imports.mark(id, nth, code);
  }
  return sent;
}

async function sendAgain(
  deps: SendAgainDeps,
  author: Author,
  userId: string | undefined,
): Promise<RowCode> {
  const facts = userId === undefined ? undefined : await deps.stores.users.findFacts(userId);
  const user = userId === undefined ? undefined : await deps.stores.users.findById(userId);
  if (!user || !facts || facts.hasPassword) return 'mail_needless';
  try {
    return await sendOne(deps, author, user);
  } catch (error) {
    // They may do more by now than who presses.
    if (isDomainError(error)) return 'mail_needless';
    throw error;
  }
}

export interface ListLinksDeps extends Omit<SendLinksDeps, 'sendLink' | 'stores'> {
  readonly stores: Pick<Stores, 'imports' | 'transaction' | 'users'>;
}

const BATCH = 200;

/** As CSV, line by line: a new link for each who came by this import and still has no password. */
export async function* listLinks(
  deps: ListLinksDeps,
  { id, actor, permissions }: Author & { readonly id: string },
): AsyncGenerator<string> {
  yield csvLine(['username', 'displayName', 'email', 'link', 'expiresAt']);
  let after: string | undefined;
  do {
    const page = await deps.stores.imports.rows({ id, outcome: 'created', after, limit: BATCH });
    for (const { userId } of page.items) {
      const facts = userId === undefined ? undefined : await deps.stores.users.findFacts(userId);
      if (userId === undefined || !facts || facts.hasPassword) continue;
      yield await lineFor(deps, userId, { actor, permissions });
    }
    after = page.next;
  } while (after !== undefined);
}

/** Nothing for somebody who is gone meanwhile, or may do more by now. */
async function lineFor(deps: ListLinksDeps, id: string, author: Author): Promise<string> {
  try {
    const { user, token, expiresAt } = await inviteUser(deps, { who: { id }, ...author });
    const link = passwordLink(deps.publicUrl(), token);
    return csvLine([user.username, user.displayName, user.email, link, expiresAt]);
  } catch (error) {
    if (isDomainError(error)) return '';
    throw error;
  }
}
