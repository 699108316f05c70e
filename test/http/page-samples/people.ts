import { BIN_KINDS } from '../../../src/domain/bin.ts';
import { USER_ROLES } from '../../../src/domain/permissions.ts';
import type { PeoplePages, UserEntry, UserFault } from '../../../src/http/page-contexts/people.ts';
import { NOW } from '../../factories.ts';
import { listSample } from './admin.ts';
import { importSamples } from './imports.ts';
import type { SamplesOf } from './samples-of.ts';

const ID = '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10';
const FAULTS: readonly UserFault[] = [
  'avatar',
  'email',
  'groups',
  'language',
  'line',
  'missing',
  'taken',
  'attributes',
];

/** With `text` wherever somebody else's text can stand. */
export function peopleSamples(text: string): SamplesOf<PeoplePages> {
  const user: UserEntry = {
    id: ID,
    username: text,
    displayName: text,
    email: text,
    groups: [text, 'staff'],
    role: 'administrator',
    source: text,
    state: 'active',
    lastSignInAt: NOW,
    createdAt: NOW,
  };
  const bare: UserEntry = {
    ...user,
    email: undefined,
    groups: [],
    role: undefined,
    source: 'local',
    state: 'waiting',
    lastSignInAt: undefined,
  };
  const list = listSample(text);
  const machine = { curl: text, yaml: text };
  const filters = { group: text, status: 'disabled', role: 'none', sort: '-created' };
  const OWNED = { fields: { email: text }, groups: { [text]: text }, attributes: { [text]: text } };
  const page: PeoplePages['admin-user'] = {
    user,
    attributes: [[text, text]],
    language: 'de',
    avatarUrl: text,
    picture: undefined,
    now: NOW,
    signIns: [ID, ID].map((id) => ({
      id,
      device: { browser: undefined, system: undefined },
      ip: text,
      createdAt: NOW,
      lastSeenAt: NOW,
    })),
    events: [
      {
        at: NOW,
        type: 'token.denied',
        reason: text,
        ip: text,
        room: text,
        requestId: text,
      },
    ],
    identities: [true, false].map((linked) => ({
      slug: linked ? 'company' : 'ldap',
      name: text,
      subject: text,
      linked,
      createdAt: NOW,
      lastSeenAt: NOW,
      missingSince: linked ? undefined : NOW,
    })),
    owned: OWNED,
    tokens: { count: 3, lastEndsAt: NOW },
    passwordChangedAt: NOW,
    mayMail: true,
    linkExpiresAt: NOW,
    mayWrite: true,
    mayGiveRoles: true,
    roles: USER_ROLES,
    machine,
  };
  const values = {
    username: text,
    displayName: text,
    email: text,
    language: text,
    avatarUrl: text,
    groups: text,
  };
  const form: PeoplePages['admin-user-form'] = {
    id: undefined,
    title: '',
    values,
    attributes: [{ name: text, type: 'list', value: text }],
    owned: OWNED,
    faults: {},
    wrong: [],
    etag: text,
    groups: [text],
    languages: ['de', 'en'],
  };
  const group: PeoplePages['admin-group'] = {
    id: ID,
    name: text,
    members: { count: 10_000, more: true },
    createdAt: NOW,
    issuers: [{ slug: 'main', name: text }],
    mayWrite: true,
    form: { name: text, fault: 'taken' },
    etag: text,
    machine,
  };
  const item = {
    id: ID,
    kind: 'user' as const,
    name: text,
    removedAt: NOW,
    removedBy: text,
    expiresAt: NOW,
    mayWrite: true,
    conflicts: [],
  };

  return {
    'admin-users': [
      {
        machine,
        list,
        filters,
        groups: [text],
        users: [user, bare, { ...bare, state: 'disabled', role: 'auditor' }],
        now: NOW,
        mayWrite: true,
        exportHref: '/admin/users/export.csv',
      },
      {
        machine,
        list,
        filters: { group: '', status: '', role: '', sort: 'username' },
        groups: [],
        users: [],
        now: NOW,
        mayWrite: false,
        exportHref: '/admin/users/export.csv',
      },
    ],
    'admin-bulk': [
      {
        done: 1,
        refused: [
          { name: text, code: 'rights_too_high' },
          { name: text, code: 'last_administrator' },
          { name: text, code: 'user_not_found' },
        ],
        backHref: '/admin/users',
      },
    ],
    'admin-user': [
      page,
      {
        ...page,
        user: { ...bare, state: 'disabled' },
        attributes: [],
        signIns: [],
        events: [],
        identities: [],
        owned: { fields: { password: text }, groups: {}, attributes: {} },
        tokens: { count: 0, lastEndsAt: undefined },
        passwordChangedAt: undefined,
        mayMail: false,
        linkExpiresAt: undefined,
        mayGiveRoles: false,
      },
      { ...page, mayWrite: false },
    ],
    'admin-user-form': [
      form,
      ...FAULTS.map((fault) => ({
        ...form,
        id: ID,
        title: text,
        faults: {
          username: fault,
          displayName: fault,
          email: fault,
          groups: fault,
          language: fault,
          avatarUrl: fault,
          attributes: fault,
        },
        wrong: [text],
      })),
    ],
    'admin-user-link': (['sent', 'failed', 'none'] as const).map((state) => ({
      id: ID,
      name: text,
      link: 'https://auth.example.org/password/x',
      expiresAt: NOW,
      mail: { state, to: text },
    })),
    'admin-groups': [
      {
        machine,
        list,
        sort: 'created',
        groups: [
          { id: ID, name: text, members: { count: 2, more: false }, createdAt: NOW },
          { id: ID, name: text, members: { count: 10_000, more: true }, createdAt: NOW },
        ],
        mayWrite: true,
        form: { name: text, fault: 'missing' },
      },
      {
        machine,
        list,
        sort: 'name',
        groups: [],
        mayWrite: false,
        form: { name: '', fault: undefined },
      },
    ],
    'admin-group': [
      group,
      {
        ...group,
        members: { count: 0, more: false },
        issuers: [],
        form: { name: text, fault: 'line' },
      },
      { ...group, mayWrite: false },
    ],
    ...importSamples(text),
    'admin-bin': [
      {
        machine,
        items: [
          ...BIN_KINDS.map((kind) => ({ ...item, kind })),
          { ...item, conflicts: [{ name: text, takenBy: text }] },
          { ...item, conflicts: [{ name: text, takenBy: undefined }] },
          { ...item, mayWrite: false },
        ],
        list,
        sort: 'removed',
        now: NOW,
        mayEmpty: true,
      },
      {
        machine,
        list: { ...list, q: '', firstHref: undefined },
        sort: 'name',
        items: [],
        now: NOW,
        mayEmpty: false,
      },
    ],
  };
}
