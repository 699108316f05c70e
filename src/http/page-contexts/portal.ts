/**
 * The pages everybody may see: portal, setup and errors.
 *
 * @module
 */
import type { AuditType } from '../../domain/audit-event.ts';
import type { DenialCode, ErrorCode, PasswordFault } from '../../domain/errors.ts';
import type { ShownOwnership } from '../../domain/upstreams/owned-fields.ts';
import type { Device } from '../device.ts';
import type { UpstreamButton } from './upstream-ways.ts';
import type { FormState } from './form-state.ts';

/** Why the sign-in form is shown again. */
export type LoginProblem =
  | { readonly code: 'invalid_credentials' }
  | { readonly code: 'limited' | 'busy'; readonly retryAfterSeconds: number };

/** What a person will be in a room; `denied` when no rule lets them in. */
export type RoomRole = 'moderator' | 'participant' | 'denied';

export interface LauncherServer {
  readonly slug: string;
  readonly name: string;
  /** Host to show: `meet.example.org`. Without one nobody can be sent anywhere yet. */
  readonly host: string | undefined;
  /** Where the room form goes: `/jitsi/login`, `/jitsi/{slug}/login`. */
  readonly action: string;
  /** The answer to "what will I be?", for the room that was asked about. */
  readonly preview: { readonly room: string; readonly role: RoomRole } | undefined;
}

export interface RecentRoom {
  /** Canonical name. */
  readonly room: string;
  readonly serverName: string;
  /** `/jitsi/login?room=…` */
  readonly href: string;
  readonly role: RoomRole;
  readonly at: Date;
}

export interface SessionEntry {
  readonly id: string;
  readonly device: Device;
  readonly ip: string | undefined;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly standing: 'current' | 'other';
}

export interface ActivityEntry {
  readonly at: Date;
  readonly type: AuditType;
  readonly ip: string | undefined;
  readonly room: string | undefined;
  readonly issuerName: string | undefined;
  readonly role: RoomRole | undefined;
}

export interface PortalPages {
  account: {
    readonly form: FormState<'displayName' | 'language' | 'avatarUrl'>;
    /** What only the administrator, or the upstream, changes. */
    readonly fixed: {
      readonly username: string;
      readonly email: string | undefined;
      readonly groups: readonly string[];
    };
    /** Local path of one of ours. */
    readonly picture: string | undefined;
    readonly owned: ShownOwnership;
    readonly outcome: 'none' | 'saved';
  };
  'account-activity': {
    readonly now: Date;
    readonly events: readonly ActivityEntry[];
    /** The next page of the list. */
    readonly olderHref: string | undefined;
  };
  'account-password': {
    readonly username: string;
    readonly form: FormState<never, 'currentPassword' | 'newPassword'>;
    readonly minimumLength: number;
  };
  'account-sessions': {
    readonly now: Date;
    readonly sessions: readonly SessionEntry[];
  };
  'account-ways': {
    readonly now: Date;
    readonly hasPassword: boolean;
    /** The own password, or that of a directory. */
    readonly provesByPassword: boolean;
    /** Oldest first. */
    readonly linked: readonly {
      readonly name: string;
      readonly slug: string;
      readonly disabled: boolean;
      readonly createdAt: Date;
      readonly lastSeenAt: Date;
      /** Whether another way in is left without it. */
      readonly mayGo: boolean;
    }[];
    readonly available: readonly { readonly name: string; readonly slug: string }[];
    /** Linked by name and password. */
    readonly directories: readonly { readonly name: string; readonly slug: string }[];
    /** Where the person may prove once more who they are. */
    readonly confirmAt: readonly { readonly name: string; readonly href: string }[];
    readonly standing: 'fresh' | 'stale';
    /** `wrong_there`: name or password of a directory that was to be linked. */
    readonly fault: 'wrong' | 'wrong_there' | undefined;
    readonly outcome: 'none' | 'linked' | 'removed';
  };
  'app-return': {
    /** Opens the app: `org.jitsi.meet://…`, `intent://…`, `jitsi-meet://…`. */
    readonly appUrl: string;
    readonly room: string;
    readonly host: string;
  };
  error: {
    readonly code: ErrorCode | 'internal_error';
    /** Why a room was refused. */
    readonly reason: DenialCode | undefined;
    readonly reference: string;
    readonly values: Readonly<Record<string, string | number>>;
    readonly retryAfterSeconds: number | undefined;
    /** Names of the fields that are not right. */
    readonly fields: readonly string[];
    /** Where to go on: the start page, or the room's server. */
    readonly continueHref: string;
  };
  home: {
    readonly now: Date;
    readonly servers: readonly LauncherServer[];
    readonly recent: readonly RecentRoom[];
  };
  login: {
    readonly form: FormState<'username'>;
    readonly problem: LoginProblem | undefined;
    readonly returnTo: string;
    /** The room one is on the way to. */
    readonly entering: { readonly room: string; readonly host: string } | undefined;
    /** How long "remember me" lasts. */
    readonly rememberSeconds: number;
    readonly upstreams: readonly UpstreamButton[];
    /** `asked_for` shows no form, but a link to it. */
    readonly password: 'shown' | 'asked_for';
    readonly passwordHref: string;
    /** Some addresses lead to an upstream: then the password may be left empty. */
    readonly emails: 'lead_on' | 'sign_in';
  };
  notice: {
    readonly notice:
      | 'password_changed'
      | 'password_set'
      | 'sessions_ended'
      | 'setup_closed'
      | 'signed_out'
      /** On the way to a directory: the address is its own. */
      | 'to_upstream'
      | 'upstream_tested';
    readonly continueHref: string;
  };
  'password-link': {
    /** Of the link, carried on in the form's address. */
    readonly token: string;
    readonly username: string;
    readonly fault: PasswordFault | undefined;
    readonly minimumLength: number;
  };
  setup: {
    /** Of the link, carried on in the form. */
    readonly token: string;
    readonly form: FormState<'name' | 'email' | 'publicUrl' | 'jitsiUrl', 'password'>;
    /** Set when the environment fixes it; then the form does not ask. */
    readonly fixedPublicUrl: string | undefined;
    /** Of the Jitsi server that a file or the environment declared: then none is asked for. */
    readonly declaredServer: string | undefined;
    readonly minimumLength: number;
  };
}
