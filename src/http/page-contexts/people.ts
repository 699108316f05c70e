import type { MachineForm } from './admin.ts';
import type { AuditType } from '../../domain/audit-event.ts';
import type { BinConflict, BinKind } from '../../domain/bin.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { UserRole } from '../../domain/permissions.ts';
import type {
  ImportFault,
  ImportOptions,
  ImportState,
  RowCode,
  RowOutcome,
} from '../../domain/user-import.ts';
import type { ShownOwnership } from '../../domain/upstreams/owned-fields.ts';
import type { Device } from '../device.ts';
import type { ListFrame, Total } from '../list-query.ts';

/** A person in a list. */
export interface UserEntry {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | undefined;
  readonly groups: readonly string[];
  readonly role: UserRole | undefined;
  /** `local`, or the slug of the upstream. */
  readonly source: string;
  /** `waiting`: has no password yet. */
  readonly state: 'active' | 'disabled' | 'waiting';
  readonly lastSignInAt: Date | undefined;
  readonly createdAt: Date;
}

export interface UserFilters {
  readonly group: string;
  readonly status: string;
  readonly role: string;
  readonly sort: string;
}

/** What was wrong with a field of a person. */
export type UserFault =
  | 'avatar'
  | 'email'
  | 'groups'
  | 'language'
  | 'line'
  | 'missing'
  | 'taken'
  | 'attributes';

export interface AttributeRow {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export type UserField =
  | 'username'
  | 'displayName'
  | 'email'
  | 'language'
  | 'avatarUrl'
  | 'groups'
  | 'attributes';

export interface PeoplePages {
  'admin-users': {
    readonly machine: MachineForm;
    readonly list: ListFrame;
    readonly filters: UserFilters;
    /** Names to choose from. */
    readonly groups: readonly string[];
    readonly users: readonly UserEntry[];
    readonly now: Date;
    readonly mayWrite: boolean;
    /** This list as CSV. */
    readonly exportHref: string;
  };
  /** Those of several who could not be changed. */
  'admin-bulk': {
    readonly done: number;
    readonly refused: readonly { readonly name: string; readonly code: ErrorCode }[];
    readonly backHref: string;
  };
  'admin-user': {
    readonly user: UserEntry;
    readonly attributes: readonly (readonly [string, string])[];
    readonly language: string | undefined;
    readonly avatarUrl: string | undefined;
    /** Its local path, when it is one of ours. */
    readonly picture: string | undefined;
    readonly now: Date;
    readonly signIns: readonly {
      readonly id: string;
      readonly device: Device;
      readonly ip: string | undefined;
      readonly createdAt: Date;
      readonly lastSeenAt: Date;
    }[];
    /** Latest first: sign-ins, and what was refused. */
    readonly events: readonly {
      readonly at: Date;
      readonly type: AuditType;
      readonly reason: string | undefined;
      readonly ip: string | undefined;
      readonly room: string | undefined;
      readonly requestId: string | undefined;
    }[];
    /** Oldest first. */
    readonly identities: readonly {
      readonly slug: string;
      readonly name: string;
      readonly subject: string;
      /** Whether the account was there before. */
      readonly linked: boolean;
      readonly createdAt: Date;
      readonly lastSeenAt: Date;
      readonly missingSince: Date | undefined;
    }[];
    readonly owned: ShownOwnership;
    readonly tokens: { readonly count: number; readonly lastEndsAt: Date | undefined };
    readonly passwordChangedAt: Date | undefined;
    /** Whether a link can be sent by mail. */
    readonly mayMail: boolean;
    /** Until when a link for a new password works. */
    readonly linkExpiresAt: Date | undefined;
    /** Whether whoever looks may change this person. */
    readonly mayWrite: boolean;
    readonly mayGiveRoles: boolean;
    /** Whether whoever looks sees the audit log. */
    readonly roles: readonly UserRole[];
    readonly machine: MachineForm;
  };
  'admin-user-form': {
    /** `undefined`: somebody new. */
    readonly id: string | undefined;
    readonly title: string;
    readonly values: Readonly<Record<Exclude<UserField, 'attributes'>, string>>;
    readonly attributes: readonly AttributeRow[];
    readonly faults: Readonly<Partial<Record<UserField, UserFault>>>;
    /** What no field can name: `attributes.floor must be …`. */
    readonly wrong: readonly string[];
    readonly etag: string;
    /** Names of the groups there are. */
    readonly groups: readonly string[];
    readonly languages: readonly string[];
    readonly owned: ShownOwnership;
  };
  /** Once: nobody can be told again. */
  'admin-user-link': {
    readonly id: string;
    readonly name: string;
    readonly link: string;
    readonly expiresAt: Date;
    readonly mail: { readonly state: 'sent' | 'failed' | 'none'; readonly to: string | undefined };
  };
  'admin-groups': {
    readonly machine: MachineForm;
    readonly list: ListFrame;
    readonly sort: 'name' | 'created';
    readonly groups: readonly {
      readonly id: string;
      readonly name: string;
      readonly members: Total;
      readonly createdAt: Date;
    }[];
    readonly mayWrite: boolean;
    readonly form: {
      readonly name: string;
      readonly fault: 'missing' | 'line' | 'taken' | undefined;
    };
  };
  'admin-group': {
    readonly id: string;
    readonly name: string;
    readonly members: Total;
    readonly createdAt: Date;
    /** Slugs and names of issuers whose rules name it. */
    readonly issuers: readonly { readonly slug: string; readonly name: string }[];
    readonly mayWrite: boolean;
    readonly form: {
      readonly name: string;
      readonly fault: 'missing' | 'line' | 'taken' | undefined;
    };
    readonly etag: string;
    readonly machine: MachineForm;
  };
  'admin-imports': {
    readonly machine: MachineForm;
    /** Why the file just chosen cannot be read. */
    readonly problem:
      | {
          readonly fault: ImportFault;
          readonly line: number;
          readonly column: string;
          readonly hint: string;
        }
      | undefined;
    /** Whether links can be sent by mail. */
    readonly mayMail: boolean;
    readonly imports: readonly {
      readonly id: string;
      readonly fileName: string;
      readonly state: ImportState;
      readonly total: number;
      readonly createdAt: Date;
      readonly by: string;
    }[];
    readonly nextHref: string | undefined;
    readonly now: Date;
  };
  'admin-import': {
    readonly machine: MachineForm;
    readonly id: string;
    readonly fileName: string;
    readonly state: ImportState;
    readonly options: ImportOptions;
    readonly by: string;
    readonly total: number;
    readonly processed: number;
    readonly counts: Readonly<Partial<Record<RowOutcome, number>>>;
    /** The filter; empty shows all. */
    readonly outcome: RowOutcome | 'mail_failed' | '';
    /** Links that nobody got. */
    readonly unsent: number;
    readonly mayMail: boolean;
    readonly rows: readonly {
      readonly line: number;
      readonly username: string;
      readonly outcome: RowOutcome | undefined;
      readonly code: RowCode | undefined;
      readonly detail: string | undefined;
      /** What is wrong with its cells. */
      readonly faults: readonly { readonly field: string; readonly message: string }[];
      readonly userId: string | undefined;
    }[];
    readonly nextHref: string | undefined;
  };
  'admin-bin': {
    readonly machine: MachineForm;
    readonly list: ListFrame;
    readonly sort: string;
    readonly items: readonly {
      readonly id: string;
      readonly kind: BinKind;
      readonly name: string;
      readonly removedAt: Date;
      readonly removedBy: string;
      readonly expiresAt: Date;
      readonly mayWrite: boolean;
      /** What stands in the way of putting it back. */
      readonly conflicts: readonly BinConflict[];
    }[];
    readonly now: Date;
    readonly mayEmpty: boolean;
  };
}
