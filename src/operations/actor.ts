import { PERMISSIONS, type Permission } from '../domain/permissions.ts';

/** Who does something, as the audit log will say it. Spread into an `AuditEvent`. */
export interface Actor {
  readonly actorId?: string | undefined;
  /** The username, or `cli`, `setup`, `system`. */
  readonly actorName: string;
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Who does something, and how far they may go: what depends on the object is checked by it. */
export interface Author {
  readonly actor: Actor;
  readonly permissions: readonly Permission[];
}

export const CLI: Actor = { actorName: 'cli' };

/** Whoever has the machine may do everything. */
export const BY_CLI: Author = { actor: CLI, permissions: PERMISSIONS };

/** What happens by itself. */
export const SYSTEM: Actor = { actorName: 'system' };
