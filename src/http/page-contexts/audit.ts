import type { AuditType } from '../../domain/audit-event.ts';
import type { Retention } from '../../domain/audit-retention.ts';
import type { ListFrame } from '../list-query.ts';
import type { MachineForm } from './admin.ts';
import type { IssuerHead } from './issuers.ts';

export interface AuditPages {
  'admin-audit': {
    readonly list: ListFrame;
    readonly filters: AuditFilterForm;
    readonly events: readonly AuditEntry[];
    readonly families: readonly AuditFamily[];
    readonly issuers: readonly IssuerHead[];
    /** This list as files. */
    readonly exports: { readonly csv: string; readonly json: string; readonly jsonl: string };
    readonly retention: Retention;
    readonly retentionFault: boolean;
    readonly now: Date;
    readonly machine: MachineForm;
  };
  'admin-audit-event': {
    readonly event: AuditEntry;
    /** What is known besides, by the name of its column. */
    readonly facts: readonly { readonly name: AuditFact; readonly value: string }[];
    /** Of a change. */
    readonly changes: readonly AuditChange[];
    /** Everything else, as JSON. */
    readonly details: string | undefined;
    /** Of a token given or refused. */
    readonly explainHref: string | undefined;
    /** All that the same request did. */
    readonly requestHref: string | undefined;
    readonly targetHref: string | undefined;
    readonly actorHref: string | undefined;
    readonly machine: MachineForm;
  };
}

/** What was typed; empty where nothing was. */
export interface AuditFilterForm {
  readonly type: string;
  readonly actor: string;
  readonly target: string;
  readonly issuer: string;
  readonly room: string;
  readonly ip: string;
  readonly request: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly order: string;
  /** Whether one of those is set that are folded away. */
  readonly hasMore: boolean;
}

/** `token`, with `token.issued` and `token.denied`. */
export interface AuditFamily {
  readonly name: string;
  readonly types: readonly AuditType[];
}

export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly type: AuditType;
  readonly actor: string | undefined;
  /** The name of what it was done to, else its kind. */
  readonly target: string | undefined;
  readonly room: string | undefined;
  readonly role: string | undefined;
  readonly reason: string | undefined;
  readonly ip: string | undefined;
}

export type AuditFact =
  | 'issuer'
  | 'room'
  | 'role'
  | 'reason'
  | 'rule'
  | 'kid'
  | 'jti'
  | 'ip'
  | 'request_id'
  | 'target_type'
  | 'target_id'
  | 'actor_id';

export interface AuditChange {
  readonly field: string;
  /** As JSON, texts without quotes; `undefined` where there was nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}
