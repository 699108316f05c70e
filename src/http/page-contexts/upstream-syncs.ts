import type {
  SyncFault,
  SyncOutcome,
  SyncReason,
  SyncShare,
  SyncState,
} from '../../domain/upstreams/sync.ts';
import type { DirectoryFaultCode } from '../../domain/upstreams/ldap/fault.ts';
import type { MachineForm } from './admin.ts';
import type { UpstreamSubject } from './upstream-subject.ts';

export interface ShownSyncNote {
  readonly name: string;
  readonly why: SyncReason | undefined;
  /** Of an error nobody has words for. */
  readonly code: string | undefined;
  readonly about: readonly string[];
}

export interface ShownSync {
  readonly id: string;
  readonly trial: boolean;
  readonly state: SyncState;
  readonly underWay: boolean;
  /** Somebody's name; `undefined` when it came by itself. */
  readonly by: string | undefined;
  readonly startedAt: Date;
  readonly seconds: number | undefined;
  readonly seen: number;
  readonly share: SyncShare | undefined;
  /** `own`: not the directory's fault. */
  readonly fault:
    | { readonly own: SyncFault }
    | { readonly directory: DirectoryFaultCode }
    | undefined;
  /** What the directory said. */
  readonly message: string | undefined;
  /** The gravest first; those that happened to nobody are left out. */
  readonly outcomes: readonly {
    readonly outcome: SyncOutcome;
    readonly count: number;
    /** The first of them, or none when there is nothing to tell. */
    readonly notes: readonly ShownSyncNote[];
  }[];
}

/** What the page of a directory shows of its syncs. */
export interface SyncCard {
  /** `undefined`: only when somebody asks. */
  readonly minutes: number | undefined;
  /** Switched off, nobody can be asked for. */
  readonly listed: boolean;
  readonly underWay: ShownSync | undefined;
  /** The last that is over and was no trial. */
  readonly last: ShownSync | undefined;
  /** The first whom the last one could make nothing of. */
  readonly failures: readonly ShownSyncNote[];
  /** Latest first, trials too. */
  readonly history: readonly ShownSync[];
  readonly now: Date;
}

export interface UpstreamSyncPages {
  'admin-upstream-sync': {
    readonly current: UpstreamSubject;
    readonly sync: ShownSync;
    /** Nothing came after it, and the directory can be asked. */
    readonly newest: boolean;
    readonly mayWrite: boolean;
    readonly machine: MachineForm;
    readonly now: Date;
  };
}
