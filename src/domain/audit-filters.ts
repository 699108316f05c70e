/** What is looked for in the audit log; all of it together. */
export interface AuditFilters {
  /** Words that begin words of names, room, reason or request id; the beginning of an address. */
  readonly q?: string | undefined;
  /** A type, or a family of types: `token`. */
  readonly type?: string | undefined;
  readonly actorId?: string | undefined;
  readonly actorName?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly issuerId?: string | undefined;
  /** Canonical name. */
  readonly room?: string | undefined;
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
  readonly reason?: string | undefined;
  readonly from?: Date | undefined;
  /** Not itself. */
  readonly to?: Date | undefined;
}
