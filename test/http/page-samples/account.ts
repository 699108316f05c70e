import { AUDIT_TYPES } from '../../../src/domain/audit-event.ts';
import type { PortalPages } from '../../../src/http/page-contexts/portal.ts';
import { NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

type AccountPages = Pick<PortalPages, Extract<keyof PortalPages, 'account' | `account-${string}`>>;

/** With `text` wherever somebody else's text can stand. */
export function accountSamples(text: string): SamplesOf<AccountPages> {
  const minuteAgo = new Date(NOW.getTime() - 60_000);
  const dayAgo = new Date(NOW.getTime() - 86_400_000);
  const password = { username: text, minimumLength: 15 };
  const profile = { displayName: text, language: 'de', avatarUrl: text };
  const device = { browser: 'Firefox', system: 'Linux' };

  return {
    account: [
      {
        form: {
          values: profile,
          faults: { displayName: 'missing', language: 'wrong', avatarUrl: 'url_invalid' },
        },
        fixed: { username: text, email: undefined, groups: [] },
        picture: undefined,
        owned: { fields: {}, groups: {}, attributes: {} },
        outcome: 'none',
      },
      {
        form: { values: profile, faults: {} },
        fixed: { username: text, email: text, groups: [text, 'staff'] },
        picture: `/avatars/${'a'.repeat(43)}`,
        owned: {
          fields: { username: text, displayName: text, avatarUrl: text },
          groups: {},
          attributes: {},
        },
        outcome: 'saved',
      },
    ],
    'account-activity': [
      { now: NOW, events: [], olderHref: undefined },
      {
        now: NOW,
        olderHref: '/account/activity?before=7',
        events: AUDIT_TYPES.map((type, index) => ({
          at: minuteAgo,
          type,
          ip: index % 2 ? undefined : text,
          room: type.startsWith('token') ? text : undefined,
          issuerName: type.startsWith('token') ? text : undefined,
          role: type === 'token.issued' ? 'moderator' : undefined,
        })),
      },
    ],
    'account-ways': [
      {
        now: NOW,
        hasPassword: true,
        provesByPassword: true,
        linked: [true, false].map((mayGo) => ({
          name: text,
          slug: mayGo ? 'company' : 'other',
          disabled: mayGo,
          createdAt: dayAgo,
          lastSeenAt: minuteAgo,
          mayGo,
        })),
        available: [{ name: text, slug: 'third' }],
        directories: [{ name: text, slug: 'ldap' }],
        confirmAt: [],
        standing: 'fresh',
        fault: undefined,
        outcome: 'linked',
      },
      {
        now: NOW,
        hasPassword: false,
        provesByPassword: true,
        linked: [],
        available: [{ name: text, slug: 'third' }],
        directories: [],
        confirmAt: [{ name: text, href: '/upstream/company/login' }],
        standing: 'stale',
        fault: 'wrong',
        outcome: 'removed',
      },
      {
        now: NOW,
        hasPassword: true,
        provesByPassword: true,
        linked: [],
        available: [],
        directories: ['one', 'two'].map((slug) => ({ name: text, slug })),
        confirmAt: [],
        standing: 'fresh',
        fault: 'wrong_there',
        outcome: 'none',
      },
    ],
    'account-password': [
      { ...password, form: { values: {}, faults: {} } },
      {
        ...password,
        form: { values: {}, faults: { currentPassword: 'wrong', newPassword: 'common' } },
      },
    ],
    'account-sessions': [
      {
        now: NOW,
        sessions: [
          { id: text, device, ip: text, createdAt: dayAgo, lastSeenAt: NOW, standing: 'current' },
          {
            id: text,
            device: { browser: undefined, system: undefined },
            ip: undefined,
            createdAt: dayAgo,
            lastSeenAt: minuteAgo,
            standing: 'other',
          },
        ],
      },
    ],
  };
}
