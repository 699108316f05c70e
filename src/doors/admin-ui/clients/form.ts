/**
 * The form of a client. Its fields are called as in the configuration file, addresses stand one a
 * line, and an empty one stands for the default; what is wrong is told by the checks of that file.
 *
 * @module
 */
import { z } from 'zod';
import { CLIENT_AUTHS, CLIENT_SCOPES, type Client } from '../../../domain/client.ts';
import type { ClientFields } from '../../../domain/config-file/read-client.ts';
import type { InputIssue } from '../../../domain/errors.ts';
import type { JitsiPreset } from '../../../domain/jitsi-preset.ts';
import type { ClientForm, ClientType } from '../../../http/page-contexts/clients.ts';
import type { FieldMistake } from '../../../http/page-contexts/upstreams.ts';
import { lineOf, numberOf } from '../issuer-form.ts';

/** Longer ones are refused by the checks, with words; this bounds what they look at. */
const text = z.string().max(20_000).default('');
const tick = z.literal('yes').optional();

/** `openid` goes without saying. */
export const ASKED_SCOPES = CLIENT_SCOPES.filter((scope) => scope !== 'openid');
const SCOPE_FIELD = 'scope.';

const LISTS = ['redirectUris', 'postLogoutRedirectUris', 'webOrigins'] as const;
const LINES = ['name', 'audience', 'backchannelLogoutUri'] as const;
const NUMBERS = ['tokenTtlSeconds', 'refreshTtlSeconds'] as const;

export const clientBody = z.strictObject({
  clientId: text,
  type: text,
  ...Object.fromEntries([...LISTS, ...LINES, ...NUMBERS].map((name) => [name, text] as const)),
  jwks: text,
  firstParty: tick,
  anyRoom: tick,
  ...Object.fromEntries(ASKED_SCOPES.map((scope) => [`${SCOPE_FIELD}${scope}`, tick] as const)),
  /** Of what the form was made from; a new client has none. */
  etag: z.string().max(200).default(''),
});

export type ClientValues = Readonly<Record<string, string>>;

/** As it was typed; a box that was not ticked is empty. */
export function typedOf(fields: z.output<typeof clientBody>): ClientValues {
  const { etag: _etag, ...typed } = fields;
  const entries: [string, string | undefined][] = Object.entries(typed);
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

export function typeOf({ kind, auth }: Pick<Client, 'kind' | 'auth'>): ClientType {
  return kind === 'jitsi' ? 'jitsi' : auth;
}

export function toClientFields(values: ClientValues): ClientFields {
  const of = (name: string) => values[name] ?? '';
  const type = of('type');
  const isKnown = CLIENT_AUTHS.some((auth) => auth === type);
  const origins = linesIn(of('webOrigins'));
  return {
    kind: isKnown ? 'oidc' : type,
    auth: isKnown ? type : null,
    ...Object.fromEntries(LINES.map((name) => [name, lineOf(of(name))])),
    ...Object.fromEntries(NUMBERS.map((name) => [name, numberOf(of(name))])),
    redirectUris: linesIn(of('redirectUris')),
    postLogoutRedirectUris: linesIn(of('postLogoutRedirectUris')),
    webOrigins: origins.length > 0 ? origins : null,
    scopes: ASKED_SCOPES.filter((scope) => of(`${SCOPE_FIELD}${scope}`) !== ''),
    jwks: jsonIn(of('jwks')),
    firstParty: of('firstParty') !== '',
    anyRoom: of('anyRoom') === '' ? null : true,
  };
}

export function valuesOf(client: Client): ClientValues {
  const lists = LISTS.map((name) => [name, (client[name] ?? []).join('\n')]);
  const plain = [...LINES, ...NUMBERS].map((name) => [name, String(client[name] ?? '')]);
  const scopes = ASKED_SCOPES.map((scope) => [
    `${SCOPE_FIELD}${scope}`,
    client.scopes.includes(scope) ? 'yes' : '',
  ]);
  return {
    ...Object.fromEntries([...lists, ...plain, ...scopes]),
    clientId: client.clientId,
    type: typeOf(client),
    jwks: client.jwks ? JSON.stringify(client.jwks, undefined, 2) : '',
    firstParty: client.firstParty ? 'yes' : '',
    anyRoom: client.anyRoom ? 'yes' : '',
  };
}

const NOTHING = typedOf(clientBody.parse({}));

/** Of a form nobody has touched: a server next to the meetings, or Jitsi's own page. */
export function firstValues(preset: JitsiPreset | undefined): ClientValues {
  const usual = { ...NOTHING, 'scope.profile': 'yes', 'scope.email': 'yes' };
  if (!preset) return { ...usual, type: 'client_secret_basic' };
  return {
    ...usual,
    type: 'jitsi',
    clientId: preset.clientId,
    firstParty: 'yes',
    redirectUris: preset.redirectUris.join('\n'),
    postLogoutRedirectUris: preset.postLogoutRedirectUris.join('\n'),
  };
}

/** What was typed, and what is wrong with it. */
export function clientForm(values: ClientValues, issues: readonly InputIssue[] = []): ClientForm {
  const faults: Record<string, FieldMistake[]> = {};
  const others: { path: string; message: string }[] = [];
  for (const { path, message, hint } of issues) {
    const [, root = '', index] = /^(\w+)(?:\[(\d+)\])?/.exec(path) ?? [];
    if (root === 'clients') others.push({ path, message });
    const field = root === 'kind' || root === 'auth' ? 'type' : root;
    const which = index === undefined ? undefined : linesIn(values[field] ?? '')[Number(index)];
    (faults[field] ??= []).push({ message, hint, which: which?.slice(0, SHOWN) });
  }
  return { values, faults, others };
}

/** Of a line that is wrong. */
const SHOWN = 200;

function linesIn(typed: string): string[] {
  return typed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What is no JSON goes on as it was typed, for the check to say so. */
function jsonIn(typed: string): unknown {
  if (typed.trim() === '') return null;
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}
