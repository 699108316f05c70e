import type { AnyDomainError, ErrorCode, ErrorDetails } from '../../../src/domain/errors.ts';
import { DomainError } from '../../../src/domain/errors.ts';
import { fieldsOf, valuesOf } from '../../../src/http/html-errors.ts';
import type { PageContexts } from '../../../src/http/page-contexts.ts';
import type { PortalPages } from '../../../src/http/page-contexts/portal.ts';
import { NOW } from '../../factories.ts';
import { accountSamples } from './account.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function portalSamples(text: string): SamplesOf<PortalPages> {
  const dayAgo = new Date(NOW.getTime() - 86_400_000);
  const values = { username: text };
  const login = {
    returnTo: '/',
    entering: undefined,
    rememberSeconds: 30 * 86_400,
    upstreams: [],
    password: 'shown',
    passwordHref: '/login?local=yes&returnTo=%2F',
    emails: 'sign_in',
  } as const;
  const visit = { room: text, serverName: text, href: '/jitsi/login?room=x', at: dayAgo };

  return {
    ...accountSamples(text),
    'app-return': [{ appUrl: 'org.jitsi.meet://meet.example.org/x', room: text, host: text }],
    error: [...errorsWith(text).map(presentSample), internalError],
    home: [
      { now: NOW, servers: [], recent: [] },
      {
        now: NOW,
        servers: [
          {
            slug: 'main',
            name: text,
            host: text,
            action: '/jitsi/login',
            preview: { room: text, role: 'participant' },
          },
          {
            slug: 'partner',
            name: 'Partner',
            host: undefined,
            action: '/jitsi/partner/login',
            preview: undefined,
          },
        ],
        recent: [
          { ...visit, role: 'moderator' },
          { ...visit, role: 'participant' },
          { ...visit, role: 'denied' },
        ],
      },
    ],
    login: [
      {
        ...login,
        form: { values: {}, faults: {} },
        problem: undefined,
        entering: { room: text, host: text },
        upstreams: [
          { name: text, href: '/upstream/company/login' },
          { name: 'School', href: '/upstream/school/login' },
        ],
        emails: 'lead_on',
      },
      {
        ...login,
        form: { values: {}, faults: {} },
        problem: undefined,
        upstreams: [{ name: text, href: '/upstream/company/login' }],
        password: 'asked_for',
      },
      {
        ...login,
        form: { values: {}, faults: {} },
        problem: undefined,
        entering: { room: text, host: text },
      },
      { ...login, form: { values, faults: {} }, problem: { code: 'invalid_credentials' } },
      {
        ...login,
        form: { values, faults: {} },
        problem: { code: 'limited', retryAfterSeconds: 30 },
      },
      { ...login, form: { values, faults: {} }, problem: { code: 'busy', retryAfterSeconds: 1 } },
    ],
    'password-link': (['too_short', undefined] as const).map((fault) => ({
      token: 'x'.repeat(43),
      username: text,
      fault,
      minimumLength: 15,
    })),
    notice: (
      [
        'password_changed',
        'password_set',
        'sessions_ended',
        'setup_closed',
        'signed_out',
        'to_upstream',
      ] as const
    ).map((notice) => ({ notice, continueHref: '/' })),
    setup: [
      {
        token: text,
        form: {
          values: { publicUrl: 'https://auth.example.org' },
          faults: {},
        },
        fixedPublicUrl: undefined,
        declaredServer: undefined,
        minimumLength: 15,
      },
      {
        token: text,
        form: {
          values: { name: text, email: text, jitsiUrl: text },
          faults: {
            name: 'missing',
            email: 'email_invalid',
            password: 'too_short',
            jitsiUrl: 'server_url_invalid',
          },
        },
        fixedPublicUrl: text,
        declaredServer: text,
        minimumLength: 15,
      },
    ],
  };
}

const internalError: PageContexts['error'] = {
  code: 'internal_error',
  reason: undefined,
  reference: 'REF00001',
  values: {},
  retryAfterSeconds: undefined,
  fields: [],
  continueHref: '/',
};

function presentSample(error: AnyDomainError): PageContexts['error'] {
  return {
    ...internalError,
    code: error.code,
    values: valuesOf(error),
    reason: error.code === 'access_denied' ? error.details.reason : undefined,
    retryAfterSeconds: error.code === 'login_limited' ? 90 : undefined,
    fields: error.code === 'input_invalid' ? fieldsOf(error.details.issues) : [],
  };
}

/** One error of each code; the type makes a new code bring its own. */
function errorsWith(text: string): readonly AnyDomainError[] {
  const retryAfterSeconds = 30;
  const details: ErrorDetails = {
    access_denied: { reason: 'use_rule_false', issuerName: text, room: text, rule: text },
    admin_required: undefined,
    audit_event_not_found: undefined,
    bin_item_not_found: undefined,
    body_not_json: undefined,
    changed_meanwhile: undefined,
    api_key_beyond_maker: { scopes: text },
    api_key_invalid: undefined,
    api_key_not_found: undefined,
    api_key_required: undefined,
    client_id_taken: { clientId: text },
    client_not_found: { clientId: text },
    client_without_secret: { clientId: text },
    confirmation_required: undefined,
    csrf_mismatch: undefined,
    database_unavailable: undefined,
    field_owned_by_upstream: { upstream: text, fields: text },
    form_too_large: { limitBytes: 65_536 },
    form_type_unsupported: undefined,
    group_name_taken: { name: text },
    group_not_found: { name: text },
    hashing_busy: { retryAfterSeconds },
    identity_not_found: { upstream: text },
    identity_taken: undefined,
    import_not_found: undefined,
    import_not_ready: undefined,
    import_unreadable: { fault: 'syntax', line: 3, column: text, hint: text },
    input_invalid: { issues: [{ path: text, message: text }] },
    issuer_not_found: { slug: text },
    issuer_without_keys: { slug: text },
    issuer_without_server: { slug: text },
    key_in_use: { kid: text, safeAt: NOW },
    key_needed: { kid: text },
    keys_unused: { slug: text },
    key_not_found: { kid: text },
    key_too_young: { slug: text, readyAt: NOW },
    last_administrator: undefined,
    last_way_in: undefined,
    login_failed: undefined,
    login_limited: { retryAfterSeconds },
    login_name_taken: { name: text },
    login_required: { returnTo: '/' },
    method_not_allowed: { allow: ['GET'] },
    openid_request_refused: { error: 'invalid_request', description: text },
    openid_request_gone: undefined,
    origin_mismatch: undefined,
    page_not_found: undefined,
    permission_required: { permission: text },
    password_weak: { reasons: ['too_short'] },
    password_wrong: undefined,
    password_link_invalid: undefined,
    reference_not_found: { reference: 'A1B2C3D4' },
    restore_conflict: { name: text, taken: text, takenBy: text },
    restore_homeless: { name: text, missing: text },
    rights_too_high: { name: text },
    room_invalid: undefined,
    room_missing: undefined,
    room_policy_not_found: { match: text },
    session_not_found: undefined,
    setting_fixed: { variable: text },
    setup_closed: undefined,
    setup_link_invalid: undefined,
    signing_key_missing: { slug: text },
    slug_taken: { slug: text },
    stop_not_found: undefined,
    tenant_invalid: undefined,
    token_too_large: { claim: text, bytes: 5000 },
    upstream_claims_unusable: { upstream: text, paths: text },
    upstream_name_taken: { upstream: text, name: text },
    upstream_not_admitted: { upstream: text },
    upstream_not_found: { slug: 'company' },
    upstream_not_listed: { slug: 'company' },
    upstream_sync_not_found: undefined,
    upstream_sync_outdated: undefined,
    upstream_sync_running: { slug: 'company' },
    upstream_unavailable: { slug: 'company', name: 'Example Inc.', fault: 'timeout', detail: '' },
    upstream_answer_wrong: { slug: text, name: text, fault: 'code_refused', detail: text },
    upstream_login_gone: undefined,
    upstream_not_believed: { slug: text, name: text, fault: 'acr_missing', detail: text },
    upstream_refused: { slug: text, name: text, error: text },
    user_not_found: { name: text },
  };
  return (Object.keys(details) as ErrorCode[]).map(
    (code) => new DomainError(code, details[code]) as AnyDomainError,
  );
}
