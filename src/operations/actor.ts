/** Who does something, as the audit log will say it. Spread into an `AuditEvent`. */
export interface Actor {
  readonly actorId?: string | undefined;
  /** The username, or `cli`, `setup`, `system`. */
  readonly actorName: string;
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
}

export const CLI: Actor = { actorName: 'cli' };

/** What happens by itself. */
export const SYSTEM: Actor = { actorName: 'system' };
