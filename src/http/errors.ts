/**
 * The one place where a failure becomes an HTTP answer.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import {
  type AnyDomainError,
  DomainError,
  type ErrorCode,
  isDomainError,
} from '../domain/errors.ts';
import { isDatabaseLoss } from './database-loss.ts';
import type { Log } from './log.ts';
import { requestReference } from './request-id.ts';

export const STATUS = {
  access_denied: 403,
  admin_required: 403,
  audit_event_not_found: 404,
  bin_item_not_found: 404,
  body_not_json: 400,
  changed_meanwhile: 409,
  api_key_beyond_maker: 403,
  api_key_invalid: 401,
  api_key_not_found: 404,
  api_key_required: 401,
  client_id_taken: 409,
  client_not_found: 404,
  client_without_secret: 409,
  confirmation_required: 403,
  csrf_mismatch: 403,
  database_unavailable: 503,
  field_owned_by_upstream: 409,
  form_too_large: 413,
  form_type_unsupported: 415,
  group_name_taken: 409,
  group_not_found: 404,
  hashing_busy: 503,
  identity_not_found: 404,
  identity_taken: 409,
  import_not_found: 404,
  import_not_ready: 409,
  import_unreadable: 400,
  input_invalid: 400,
  issuer_not_found: 404,
  issuer_without_keys: 409,
  issuer_without_server: 409,
  key_in_use: 409,
  key_needed: 409,
  keys_unused: 409,
  key_not_found: 404,
  key_too_young: 409,
  last_administrator: 409,
  last_way_in: 409,
  login_failed: 401,
  login_limited: 429,
  login_name_taken: 409,
  login_required: 401,
  method_not_allowed: 405,
  openid_request_refused: 400,
  openid_request_gone: 410,
  origin_mismatch: 403,
  page_not_found: 404,
  permission_required: 403,
  password_wrong: 403,
  password_weak: 400,
  password_link_invalid: 403,
  reference_not_found: 404,
  restore_conflict: 409,
  restore_homeless: 409,
  rights_too_high: 403,
  room_invalid: 400,
  room_missing: 400,
  room_policy_not_found: 404,
  session_not_found: 404,
  setting_fixed: 409,
  setup_closed: 410,
  setup_link_invalid: 403,
  signing_key_missing: 500,
  slug_taken: 409,
  stop_not_found: 404,
  tenant_invalid: 400,
  token_too_large: 500,
  upstream_claims_unusable: 403,
  upstream_name_taken: 409,
  upstream_not_admitted: 403,
  upstream_not_found: 404,
  upstream_not_listed: 409,
  upstream_sync_not_found: 404,
  upstream_sync_outdated: 409,
  upstream_sync_running: 409,
  upstream_answer_wrong: 400,
  upstream_login_gone: 400,
  upstream_not_believed: 502,
  upstream_refused: 403,
  upstream_unavailable: 503,
  user_not_found: 404,
} satisfies Record<ErrorCode, number>;

const DATABASE_RETRY_SECONDS = 5;

export interface ErrorAnswer {
  readonly status: number;
  /** One of ours, or `internal_error` for all that nobody foresaw. */
  readonly code: ErrorCode | 'internal_error';
  /** Where the log tells more. */
  readonly reference: string;
  readonly retryAfterSeconds: number | undefined;
  /** The failure itself, when it was foreseen. */
  readonly error: AnyDomainError | undefined;
}

/** Answers in the door's own language: JSON, a page, a redirect. */
export type ErrorRenderer = (ctx: Context, answer: ErrorAnswer) => void;

/** Catches all that the inner middleware throws. Mount it once per door. */
export function answerErrors(log: Log, render: ErrorRenderer): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const answer = toAnswer(ctx, thrown);
      logFailure(log, answer, thrown);
      if (ctx.headerSent) return;

      ctx.status = answer.status;
      if (answer.retryAfterSeconds !== undefined)
        ctx.set('Retry-After', String(answer.retryAfterSeconds));
      if (answer.error?.code === 'method_not_allowed')
        ctx.set('Allow', answer.error.details.allow.join(', '));
      if (answer.status === 401 && answer.code.startsWith('api_key'))
        ctx.set('WWW-Authenticate', 'Bearer realm="roomkey"');
      // An unread body would be taken for the next request of this connection.
      if (answer.status === 413 || answer.status === 415) ctx.set('Connection', 'close');
      render(ctx, answer);
    }
  };
}

/** Programs are told in their own language: by the beginning of the address. */
export function byAddress(
  renderers: Readonly<Record<string, ErrorRenderer>>,
  otherwise: ErrorRenderer,
): ErrorRenderer {
  return (ctx, answer) => {
    const [, render] =
      Object.entries(renderers).find(([prefix]) => ctx.path.startsWith(prefix)) ?? [];
    (render ?? otherwise)(ctx, answer);
  };
}

export function toAnswer(ctx: Context, thrown: unknown): ErrorAnswer {
  const error = foresee(thrown);
  const reference = requestReference(ctx);
  if (!error)
    return {
      status: 500,
      code: 'internal_error',
      reference,
      retryAfterSeconds: undefined,
      error,
    };
  const { code } = error;
  return {
    status: STATUS[code],
    code,
    reference,
    retryAfterSeconds: retryAfter(error),
    error,
  };
}

function foresee(thrown: unknown): AnyDomainError | undefined {
  if (isDomainError(thrown)) return thrown;
  if (isDatabaseLoss(thrown))
    return new DomainError('database_unavailable', undefined, { cause: thrown });
  return undefined;
}

function retryAfter(error: AnyDomainError): number | undefined {
  if (error.code === 'database_unavailable') return DATABASE_RETRY_SECONDS;
  if (error.code === 'login_limited' || error.code === 'hashing_busy')
    return Math.max(1, Math.ceil(error.details.retryAfterSeconds));
  return undefined;
}

/** A refusal is told by its code, and what was wrong with the input; a fault of ours, or a lost database, with its whole story. */
function logFailure(log: Log, answer: ErrorAnswer, thrown: unknown): void {
  const { code, error, reference, status } = answer;
  const wrong = error?.code === 'input_invalid' ? { issues: error.details.issues } : {};
  if (status < 500) log.info({ code, reference, status, ...wrong }, 'request refused');
  else log.error({ code, reference, status, err: thrown }, 'request failed');
}
