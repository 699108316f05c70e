/**
 * What the form of an upstream asks, part by part. Fields are called as in the configuration file.
 *
 * @module
 */
import {
  BRIDGE_CALLBACKS,
  DIRECTORIES,
  OIDC_PROMPTS,
  UPSTREAM_AUTHS,
  type UpstreamType,
} from '../../../domain/upstreams/upstream.ts';
import { OIDC_QUIRKS } from '../../../domain/upstreams/quirks.ts';
import type { FormField, FormPart } from '../../../http/page-contexts/upstreams.ts';

export const QUIRK_FIELD = 'quirk.';

const field =
  (kind: FormField['kind'], options?: readonly string[]) =>
  (name: string): FormField => ({ name, kind, options });
const line = field('line');
const lines = field('lines');
const number = field('number');
const tick = field('tick');
const rule = field('rule');
const secret = field('secret');
const pem = field('pem');
const choice = (name: string, options: readonly string[]) => field('choice', options)(name);

const part = (words: string, fields: readonly FormField[]): FormPart => ({
  words,
  folded: false,
  fields,
});
const folded = (words: string, fields: readonly FormField[]): FormPart => ({
  words,
  folded: true,
  fields,
});

const OIDC: readonly FormPart[] = [
  part('provider', [
    line('issuerUrl'),
    line('clientId'),
    choice('auth', UPSTREAM_AUTHS),
    secret('clientSecret'),
    pem('privateKey'),
  ]),
  folded('asks', [
    lines('scopes'),
    lines('acrValues'),
    choice('prompt', ['', ...OIDC_PROMPTS]),
    lines('audiences'),
    tick('signOut'),
    choice('callback', ['', ...BRIDGE_CALLBACKS]),
  ]),
  folded(
    'endpoints',
    ['authorization', 'token', 'jwks', 'userinfo', 'endSession'].map((name) =>
      line(`endpoints.${name}`),
    ),
  ),
  folded(
    'quirks',
    OIDC_QUIRKS.map((quirk) => tick(`${QUIRK_FIELD}${quirk}`)),
  ),
];

const LDAP: readonly FormPart[] = [
  part('servers', [
    choice('directory', DIRECTORIES),
    lines('urls'),
    line('bindDn'),
    secret('bindPassword'),
    line('baseDn'),
  ]),
  folded('connection', [
    choice('security', ['starttls', 'none']),
    pem('ca'),
    number('timeoutSeconds'),
  ]),
  folded('search', [
    line('userFilter'),
    line('subjectAttribute'),
    line('pictureAttribute'),
    line('groupBaseDn'),
    line('groupFilter'),
    line('groupNameAttribute'),
    tick('nestedGroups'),
  ]),
  folded('sync', [number('syncMinutes'), line('peopleFilter'), number('pageSize')]),
];

const PEOPLE: readonly FormPart[] = [
  part('accounts', [rule('createRule'), tick('trusted'), lines('emailDomains')]),
  folded('mapping', [
    rule('mapping.username'),
    rule('mapping.displayName'),
    rule('mapping.email'),
    rule('mapping.avatar'),
    choice('avatars', ['link', 'store']),
    rule('groups'),
    lines('attributes'),
  ]),
];

export function partsOf(type: UpstreamType): readonly FormPart[] {
  const shown = part('shown', [line('name'), tick('disabled')]);
  return [shown, ...(type === 'oidc' ? OIDC : LDAP), ...PEOPLE];
}

export function fieldsOf(type: UpstreamType): readonly FormField[] {
  return partsOf(type).flatMap(({ fields }) => fields);
}
