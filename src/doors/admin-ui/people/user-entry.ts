import type { User } from '../../../domain/user.ts';
import type { UserEntry } from '../../../http/page-contexts/people.ts';
import type { UserFacts } from '../../../stores/user-row.ts';

export function entryOf(user: User, facts: UserFacts): UserEntry {
  const { id, username, displayName, email, groups, role, source, createdAt } = user;
  const known = { id, username, displayName, email, groups, role, source, createdAt };
  return { ...known, state: stateOf(user, facts), lastSignInAt: facts.lastSignInAt };
}

function stateOf({ disabledAt, source }: User, { hasPassword }: UserFacts): UserEntry['state'] {
  if (disabledAt) return 'disabled';
  return hasPassword || source !== 'local' ? 'active' : 'waiting';
}
