import { decide } from '../domain/decide.ts';
import type { Role } from '../domain/feature.ts';
import type { Room } from '../domain/room.ts';
import { authFacts } from '../domain/rules/facts.ts';
import type { Session } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import type { LiveIssuer } from './issuer-catalog.ts';

/** Somebody who stands before the door now. */
export interface Visitor {
  readonly user: User;
  readonly session: Pick<Session, 'methods' | 'authenticatedAt'>;
  readonly now: Date;
  readonly ip: string | undefined;
}

/** What a person would be in a room, asked of the very rules that decide it; nothing is written. */
export function previewRole(live: LiveIssuer, visitor: Visitor, room: Room): Role | 'denied' {
  const { user, session, now, ip } = visitor;
  const auth = authFacts(session, now);
  const facts = { user, room: room.canonical, tenant: undefined, now, auth, ip };
  const decision = decide(live.compiled, facts);
  return decision.outcome === 'allowed' ? decision.role : 'denied';
}
