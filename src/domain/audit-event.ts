/**
 * What we write down. One row answers: who, did what, to what, with what result, and why.
 *
 * @module
 */

export const AUDIT_TYPES = [
  'session.started',
  'session.refused',
  'session.limited',
  'session.ended',
  'token.issued',
  'token.denied',
  'user.created',
  'user.updated',
  'user.disabled',
  'user.enabled',
  'user.removed',
  'user.restored',
  'user.password_changed',
  'user.invited',
  'user.linked',
  'user.unlinked',
  'users.imported',
  'users.exported',
  'import.removed',
  'group.created',
  'group.updated',
  'group.removed',
  'group.restored',
  'issuer.created',
  'issuer.updated',
  'issuer.removed',
  'issuer.restored',
  'key.created',
  'key.rotated',
  'key.retired',
  'api_key.created',
  'api_key.revoked',
  'upstream.created',
  'upstream.updated',
  'upstream.sync_asked',
  'upstream.synced',
  'upstream.removed',
  'upstream.restored',
  'setup.link_made',
  'setup.completed',
  'settings.updated',
  'client.created',
  'client.updated',
  'client.removed',
  'client.restored',
  'client.secret_made',
  'client.secret_ended',
  'consent.given',
  'consent.withdrawn',
  'audit.exported',
  'stop.created',
  'stop.lifted',
  'bin.emptied',
] as const;
export type AuditType = (typeof AUDIT_TYPES)[number];

export interface AuditEvent {
  readonly at: Date;
  readonly type: AuditType;
  /** Who did it: a user's id and the name at that time, or `cli`, `setup`, `system`. */
  readonly actorId?: string | undefined;
  readonly actorName?: string | undefined;
  /** What it was done to: `user`, `issuer`, `session`…, its id and readable name. */
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly targetName?: string | undefined;
  readonly issuerId?: string | undefined;
  /** Canonical room name. */
  readonly room?: string | undefined;
  /** `moderator` or `participant`. */
  readonly role?: string | undefined;
  /** Error or denial code. */
  readonly reason?: string | undefined;
  /** Which rule decided: `useRule`, `rooms[2].useRule`. */
  readonly rule?: string | undefined;
  readonly kid?: string | undefined;
  readonly jti?: string | undefined;
  readonly ip?: string | undefined;
  /** The reference id shown on error pages. */
  readonly requestId?: string | undefined;
  /** Anything else worth keeping; secrets are never put here. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** An event as it was stored. `id` grows with time and pages lists. */
export interface StoredAuditEvent extends AuditEvent {
  readonly id: string;
}
