import { type FileMistake, wrongValue } from '../../domain/config-file/mistake.ts';
import type { Placed, UserEntry } from '../../domain/config-file/schema.ts';
import type { User } from '../../domain/user.ts';
import { findOwnedChange, ownershipsOf } from '../upstreams/ownership.ts';
import type { PlanContext } from './plan.ts';

/** What an upstream says of a person is not the file's to change. */
export async function checkOwned(
  { tx }: PlanContext,
  { index, entry }: Placed<UserEntry>,
  { before, after }: { readonly before: User; readonly after: User },
): Promise<FileMistake[]> {
  const ownerships = await ownershipsOf(tx, before);
  if (ownerships.length === 0) return [];
  const found = findOwnedChange(ownerships, before, after);
  const hint = 'change it there, or leave it out';
  const mistakes = (found?.fields ?? []).map((field) => {
    const [name = '', rest] = field.split(/\.(.*)/s);
    const path = ['users', index, name, ...(name === 'attributes' && rest ? [rest] : [])];
    const what = name === 'groups' ? `${rest} comes` : 'comes';
    return wrongValue(path, `${what} from the upstream ${found?.upstream.slug}`, hint);
  });
  const from = ownerships.find(({ upstream }) => upstream.slug === before.source);
  if (!from || entry.passwordHash === undefined) return mistakes;
  const message = `people of the upstream ${before.source} have no password here`;
  return [...mistakes, wrongValue(['users', index, 'passwordHash'], message)];
}
