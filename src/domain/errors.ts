/**
 * Every way a request can fail for a reason we foresaw.
 *
 * A code is part of our public API: it appears in JSON bodies, selects the words on the error
 * page, and labels the log line. Never rename one; retire it and add another.
 *
 * @module
 */

import type { ImportFault } from './user-import.ts';

/** One rejected field. `path` is dotted, relative to the input: `query.room`. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
  /** What would be right. */
  readonly hint?: string | undefined;
  /** Where in the value, in UTF-16 units. */
  readonly offset?: number | undefined;
}

/** What each error carries, by code. `undefined` means the code says it all. */
export interface ErrorDetails {
  access_denied: {
    readonly reason: DenialCode;
    readonly issuerName: string;
    readonly room: string;
    /** Path of the use rule that was asked: `rooms[2].useRule`. */
    readonly rule: string;
  };
  admin_required: undefined;
  audit_event_not_found: undefined;
  bin_item_not_found: undefined;
  body_not_json: undefined;
  changed_meanwhile: undefined;
  /** Separated by spaces. */
  api_key_beyond_maker: { readonly scopes: string };
  api_key_invalid: undefined;
  api_key_not_found: undefined;
  api_key_required: undefined;
  client_id_taken: { readonly clientId: string };
  client_not_found: { readonly clientId: string };
  /** It proves itself in another way, or not at all. */
  client_without_secret: { readonly clientId: string };
  confirmation_required: undefined;
  csrf_mismatch: undefined;
  database_unavailable: undefined;
  /** Comma-separated: `email`, `attributes.site`, `groups.staff`, `password`. */
  field_owned_by_upstream: { readonly upstream: string; readonly fields: string };
  form_too_large: { readonly limitBytes: number };
  form_type_unsupported: undefined;
  group_name_taken: { readonly name: string };
  group_not_found: { readonly name: string };
  hashing_busy: { readonly retryAfterSeconds: number };
  identity_not_found: { readonly upstream: string };
  /** Its upstream knows somebody else under that name, or the person under another. */
  identity_taken: undefined;
  import_not_found: undefined;
  import_not_ready: undefined;
  /** Line from 1, or 0; column by its heading, or ''. */
  import_unreadable: {
    readonly fault: ImportFault;
    readonly line: number;
    readonly column: string;
    readonly hint: string;
  };
  input_invalid: { readonly issues: readonly InputIssue[] };
  issuer_not_found: { readonly slug: string };
  issuer_without_keys: { readonly slug: string };
  issuer_without_server: { readonly slug: string };
  /** Tokens it signed live until then. */
  key_in_use: { readonly kid: string; readonly safeAt: Date };
  /** It signs, or will: another must take its place first. */
  key_needed: { readonly kid: string };
  /** The ring of OpenID Connect is made when the first client is used. */
  keys_unused: { readonly slug: string };
  key_not_found: { readonly kid: string };
  key_too_young: { readonly slug: string; readonly readyAt: Date };
  last_administrator: undefined;
  /** Without it the person could not sign in. */
  last_way_in: undefined;
  login_failed: undefined;
  login_limited: { readonly retryAfterSeconds: number };
  login_name_taken: { readonly name: string };
  login_required: {
    readonly returnTo: string;
    /** Slug of the upstream that was asked for. */
    readonly upstream?: string | undefined;
  };
  method_not_allowed: { readonly allow: readonly string[] };
  /** In OAuth's own words. */
  openid_request_refused: { readonly error: string; readonly description: string };
  /** The request under way is too old, another browser's, or was answered. */
  openid_request_gone: undefined;
  origin_mismatch: undefined;
  page_not_found: undefined;
  permission_required: { readonly permission: string };
  password_wrong: undefined;
  password_weak: { readonly reasons: readonly PasswordFault[] };
  password_link_invalid: undefined;
  reference_not_found: { readonly reference: string };
  /** `taken` is a name that `takenBy` has now. */
  restore_conflict: { readonly name: string; readonly taken: string; readonly takenBy: string };
  /** What it belonged to is gone. */
  restore_homeless: { readonly name: string; readonly missing: string };
  /** The person may do what the one who acts may not. */
  rights_too_high: { readonly name: string };
  room_invalid: undefined;
  room_missing: undefined;
  room_policy_not_found: { readonly match: string };
  session_not_found: undefined;
  /** The environment says it. */
  setting_fixed: { readonly variable: string };
  setup_closed: undefined;
  setup_link_invalid: undefined;
  signing_key_missing: { readonly slug: string };
  slug_taken: { readonly slug: string };
  stop_not_found: undefined;
  tenant_invalid: undefined;
  token_too_large: { readonly claim: string; readonly bytes: number };
  /** Paths of the mapping that gave nothing usable, separated by commas. */
  upstream_claims_unusable: { readonly upstream: string; readonly paths: string };
  /** The name, or e-mail address, is another account's. */
  upstream_name_taken: { readonly upstream: string; readonly name: string };
  /** It knows the person, who has no account here, or one that is shut. */
  upstream_not_admitted: { readonly upstream: string };
  upstream_not_found: { readonly slug: string };
  /** No LDAP, or switched off: nobody could be asked who is in it. */
  upstream_not_listed: { readonly slug: string };
  upstream_sync_not_found: undefined;
  /** Nothing of it waits to be confirmed. */
  upstream_sync_outdated: undefined;
  /** Of a directory: another process, or somebody else, is at it. */
  upstream_sync_running: { readonly slug: string };
  upstream_answer_wrong: UpstreamFailure;
  /** The sign-in under way is too old, another browser's, or was used. */
  upstream_login_gone: undefined;
  upstream_not_believed: UpstreamFailure;
  /** In OAuth's own words. */
  upstream_refused: { readonly slug: string; readonly name: string; readonly error: string };
  upstream_unavailable: UpstreamFailure;
  user_not_found: { readonly name: string };
}

export interface UpstreamFailure {
  readonly slug: string;
  readonly name: string;
  /** A code of its own kind of upstream. */
  readonly fault: string;
  /** For the log: names and codes alone. */
  readonly detail: string;
}

export type ErrorCode = keyof ErrorDetails;

/** Why a decision was no. */
export type DenialCode =
  | 'user_disabled'
  | 'tokens_stopped'
  | 'use_rule_false'
  | 'use_rule_error'
  | 'address_unknown';

/** Why a password was not taken (NIST SP 800-63B-4, section 3.1.1.2). */
export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'contains_name';

/** An anticipated failure. Anything else that is thrown is a bug, and answered with a bare 500. */
export class DomainError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'DomainError';
  readonly code: Code;
  readonly details: ErrorDetails[Code];

  constructor(code: Code, details: ErrorDetails[Code], options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.details = details;
  }
}

/** Discriminated by `code`: testing it narrows `details`. */
export type AnyDomainError = { [Code in ErrorCode]: DomainError<Code> }[ErrorCode];

export function isDomainError(error: unknown): error is AnyDomainError {
  return error instanceof DomainError;
}
