import { AUDIT_TYPES } from '../../../src/domain/audit-event.ts';
import { familiesOfTypes } from '../../../src/doors/admin-ui/audit-entry.ts';
import type { AuditPages } from '../../../src/http/page-contexts/audit.ts';
import { NOW } from '../../factories.ts';
import { listSample } from './admin.ts';
import type { SamplesOf } from './samples-of.ts';

const FACTS = [
  'issuer',
  'room',
  'role',
  'reason',
  'rule',
  'kid',
  'jti',
  'ip',
  'request_id',
  'target_type',
  'target_id',
  'actor_id',
] as const;

/** With `text` wherever somebody else's text can stand. */
export function auditSamples(text: string): SamplesOf<AuditPages> {
  const list = { ...listSample(text), action: '/admin/audit' };
  const machine = { curl: text, yaml: undefined };
  const event = {
    id: '7',
    at: NOW,
    type: 'token.denied',
    actor: text,
    target: text,
    room: text,
    role: text,
    reason: text,
    ip: text,
  } as const;
  const bare = {
    ...event,
    actor: undefined,
    target: undefined,
    room: undefined,
    role: undefined,
    reason: undefined,
    ip: undefined,
  };
  const filters = {
    type: 'token.denied',
    actor: text,
    target: text,
    issuer: 'main',
    room: text,
    ip: text,
    request: text,
    reason: text,
    from: '2026-01-01',
    to: text,
    order: 'oldest',
    hasMore: true,
  };
  const href = '/admin/audit/export?format=csv';
  const page = {
    list,
    filters,
    events: [...AUDIT_TYPES.map((type) => ({ ...event, type })), bare],
    families: familiesOfTypes(),
    issuers: [{ slug: 'main', name: text }],
    exports: { csv: href, json: href, jsonl: href },
    retention: { days: 90, source: 'default' },
    retentionFault: false,
    now: NOW,
    machine,
  } as const;
  return {
    'admin-audit': [
      page,
      { ...page, events: [], retention: { days: 1, source: 'environment' } },
      { ...page, retention: { days: 7, source: 'setting' }, retentionFault: true },
    ],
    'admin-audit-event': [
      {
        event,
        facts: FACTS.map((name) => ({ name, value: text })),
        changes: [
          { field: text, before: text, after: undefined },
          { field: text, before: undefined, after: text },
        ],
        details: text,
        explainHref: '/admin/explain?reference=x',
        requestHref: '/admin/audit?request=x',
        targetHref: '/admin/audit?target=x',
        actorHref: '/admin/audit?actor=x',
        machine,
      },
      {
        event: bare,
        facts: [],
        changes: [],
        details: undefined,
        explainHref: undefined,
        requestHref: undefined,
        targetHref: undefined,
        actorHref: undefined,
        machine,
      },
    ],
  };
}
