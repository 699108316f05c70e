import { CLIENT_AUTHS, CLIENT_SCOPES } from '../../../src/domain/client.ts';
import type { ClientPages } from '../../../src/http/page-contexts/clients.ts';
import { NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

const tomorrow = new Date(NOW.getTime() + 24 * 3_600_000);
const TYPES = ['jitsi', ...CLIENT_AUTHS] as const;
const FIELDS =
  'clientId name type redirectUris postLogoutRedirectUris webOrigins backchannelLogoutUri audience tokenTtlSeconds refreshTtlSeconds anyRoom jwks'.split(
    ' ',
  );

/** With `text` wherever somebody else's text can stand. */
export function clientSamples(text: string): SamplesOf<ClientPages> {
  const issuer = { slug: 'main', name: text, mayWrite: true };
  const reader = { ...issuer, mayWrite: false };
  const machine = { curl: text, yaml: text };
  const list = {
    action: '/admin/issuers/main/clients',
    q: text,
    total: { count: 5, more: false },
    firstHref: undefined,
    nextHref: '/admin/issuers/main/clients?after=x',
  };
  const clients = TYPES.map((type) => ({
    clientId: text,
    name: text,
    kind: type === 'jitsi' ? ('jitsi' as const) : ('oidc' as const),
    type,
    hosts: [text, text],
    secretChangedAt: type === 'client_secret_basic' ? NOW : undefined,
    formerSecretEndsAt: type === 'client_secret_basic' ? tomorrow : undefined,
  }));
  const values = Object.fromEntries(FIELDS.map((name) => [name, text]));
  const right = { values, faults: {}, others: [] };
  const wrong = {
    values: { ...values, type: 'private_key_jwt', firstParty: 'yes', 'scope.email': 'yes' },
    faults: Object.fromEntries(
      FIELDS.map((name) => [name, [{ message: text, hint: text, which: text }]] as const),
    ),
    others: [{ path: 'clients[0].clientId', message: text }],
  };
  const current = {
    clientId: text,
    name: text,
    usesSecret: true,
    secretChangedAt: NOW,
    formerSecretEndsAt: tomorrow,
    mayChangeKeys: true,
    discovery: text,
    realm: text,
  };
  const page = {
    issuer,
    current,
    form: right,
    etag: '"x"',
    scopes: CLIENT_SCOPES.filter((scope) => scope !== 'openid'),
    preset: 'made',
    now: NOW,
    machine,
  } as const;
  const shown = { issuer, clientId: text, type: 'client_secret_basic', secret: text } as const;
  return {
    'issuer-clients': [
      { issuer, list, sort: 'name', clients, preset: 'made', now: NOW, machine },
      { issuer, list, sort: 'name', clients: [], preset: 'ready', now: NOW, machine },
      {
        issuer,
        list: { ...list, q: '' },
        sort: 'name',
        clients: [],
        preset: 'no_server',
        now: NOW,
        machine,
      },
      { issuer: reader, list, sort: 'name', clients, preset: 'shared_secret', now: NOW, machine },
    ],
    'issuer-client': [
      page,
      { ...page, form: wrong },
      { ...page, current: { ...current, formerSecretEndsAt: undefined } },
      {
        ...page,
        issuer: reader,
        current: { ...current, usesSecret: false, mayChangeKeys: false },
      },
      { ...page, current: undefined, preset: 'ready', etag: '', machine: undefined },
      { ...page, current: undefined, form: wrong, etag: '', machine: undefined },
    ],
    'issuer-client-secret': [
      { ...shown, discovery: text, formerSecretEndsAt: undefined },
      { ...shown, discovery: text, formerSecretEndsAt: tomorrow },
    ],
  };
}
