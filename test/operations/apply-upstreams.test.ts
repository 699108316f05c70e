import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { systemRandom } from '../../src/crypto/random.ts';
import { makeRsaKey } from '../../src/crypto/rsa-key.ts';
import { CLI } from '../../src/operations/actor.ts';
import { applyConfig } from '../../src/operations/apply-config.ts';
import { exportConfig } from '../../src/operations/export-config.ts';
import type { Stores } from '../../src/stores/index.ts';
import { frozenClock, NOW } from '../factories.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { testStores } from '../support/stores.ts';

const OIDC = `
signIn: { local: administrators }
upstreams:
  - slug: company
    type: oidc
    name: Company
    issuerUrl: https://id.example.com/realms/staff
    clientId: roomkey
    clientSecret: the-client-secret-of-company
    emailDomains: [Example.com]
    quirks: [email_verified_missing]
    groups: claims.groups
    mapping: { username: claims.upn }
`;
const LDAP = `
upstreams:
  - slug: directory
    type: ldap
    urls: [ldaps://ldap1.example.org, ldaps://ldap2.example.org:1636]
    bindDn: cn=roomkey,dc=example,dc=org
    bindPasswordFile: password.txt
    baseDn: dc=example,dc=org
    syncMinutes: 60
`;

let stores: Stores;
const folder = await scratchFolder();
beforeAll(async () => {
  ({ stores } = await testStores());
  writeFileSync(join(folder, 'password.txt'), 'the-bind-password\n');
});

async function apply(text: string, { prune = false } = {}) {
  const source = parseConfigFile(text, folder);
  const { file, mistakes } = source;
  const deps = {
    stores,
    clock: frozenClock,
    random: systemRandom,
    makeKey: makeRsaKey,
    passwords: { hash: async () => 'unused' },
  };
  const publicUrl = new URL('https://auth.example.org');
  const input = { file, mistakes, mode: 'write', prune, publicUrl, actor: CLI } as const;
  const result = await applyConfig(deps, input);
  const found = [...mistakes, ...result.mistakes];
  return {
    changes: result.changes.map(({ kind, what, name }) => `${kind} ${what} ${name}`),
    fields: result.changes.flatMap(({ fields }) => fields),
    mistakes: found.map(({ path, message }) => `${path.join('.')} ${message}`),
    hints: found.flatMap(({ hint }) => hint ?? []),
  };
}

const stored = async (slug: string) => {
  const upstream = await stores.upstreams.findBySlug(slug);
  const secrets = upstream && (await stores.upstreams.listSecrets()).get(upstream.id);
  return { upstream, secrets };
};

/** The tests of this file tell one story, from an empty database on. */
describe('upstreams of a configuration file', () => {
  it('are made with what they leave out by default, and their secrets', async () => {
    const made = await apply(OIDC);
    expect(made.mistakes).toEqual([]);
    expect(made.changes).toEqual(['changed sign-in with a password', 'created upstream company']);
    expect(JSON.stringify(made)).not.toContain('the-client-secret');

    const { upstream, secrets } = await stored('company');
    expect(secrets).toEqual({ secret: 'the-client-secret-of-company', privateKey: undefined });
    expect(upstream).toMatchObject({
      type: 'oidc',
      auth: 'client_secret_basic',
      scopes: ['openid', 'profile', 'email'],
      emailDomains: ['example.com'],
      createRule: '1',
      trusted: false,
      callback: undefined,
      createdAt: NOW,
    });
  });

  it('take secrets from files, and have what their directory usually has', async () => {
    expect((await apply(LDAP)).changes).toEqual(['created upstream directory']);
    const { upstream, secrets } = await stored('directory');
    expect(secrets?.secret).toBe('the-bind-password');
    expect(upstream).toMatchObject({
      type: 'ldap',
      directory: 'openldap',
      security: 'starttls',
      subjectAttribute: 'entryUUID',
      groupBaseDn: 'dc=example,dc=org',
      syncMinutes: 60,
    });
  });

  it('change nothing when they are applied again, and neither does their export', async () => {
    expect((await apply(OIDC)).changes).toEqual([]);
    const text = stringify(await exportConfig(stores));
    expect(text).not.toContain('the-client-secret');
    expect(text).not.toContain('the-bind-password');
    expect(await apply(text)).toMatchObject({ changes: [], fields: [], mistakes: [] });
  });

  it('keep their secret through a change, but not for another address', async () => {
    const renamed = OIDC.replace('name: Company', 'name: The company').replace(
      /clientSecret: .*\n/,
      'auth: client_secret_basic\n',
    );
    expect((await apply(renamed)).changes).toEqual(['changed upstream company']);
    expect((await stored('company')).secrets?.secret).toBe('the-client-secret-of-company');

    const moved = renamed.replace('id.example.com', 'id.evil.example');
    const refused = await apply(moved);
    expect(refused.mistakes).toEqual(['upstreams.0 clientSecret is needed']);
    expect(refused.hints).toEqual([
      'the one that is kept was given for another address: give it again for this one',
    ]);
    expect((await stored('company')).upstream).toMatchObject({ name: 'The company' });
  });

  it('forget a secret they need no more', async () => {
    const open = OIDC.replace(/clientSecret: .*\n/, 'auth: none\n');
    expect((await apply(open)).mistakes).toEqual([]);
    expect((await stored('company')).secrets?.secret).toBeUndefined();
  });

  it.each([
    ['no issuer', ' *issuerUrl: .*\n', '', 'upstreams.0 issuerUrl is required'],
    [
      'plain http',
      'https://id',
      'http://id',
      'upstreams.0.issuerUrl must be an https address without a query, as the provider names itself',
    ],
    [
      'a key of the other type',
      'name: Company',
      'baseDn: dc=x',
      'upstreams.0.baseDn is for upstreams of type ldap',
    ],
    ['an unknown key', 'name: Company', 'issuer: x', 'upstreams.0.issuer unknown key issuer'],
    [
      'an unknown quirk',
      'email_verified_missing',
      'no_state',
      'upstreams.0.quirks.0 must be one of at_hash_wrong, audiences_unlisted, email_verified_missing, iss_parameter_missing, issuer_slash_differs, clock_wrong, userinfo_by_post',
    ],
    [
      'scopes without openid',
      'name: Company',
      'scopes: [email]',
      'upstreams.0.scopes must hold openid',
    ],
    [
      'the name of our own people',
      'slug: company',
      'slug: local',
      'upstreams.0.slug is one of our own path words',
    ],
    [
      'no domain',
      'Example.com',
      'example',
      'upstreams.0.emailDomains.0 must be a domain such as example.org',
    ],
    [
      'a secret that it does not need',
      'clientId: roomkey',
      'clientId: roomkey\n    auth: none',
      'upstreams.0.clientSecret a client with auth none has none',
    ],
    [
      'no such setting',
      'administrators',
      'nobody',
      'signIn.local must be one of everyone, administrators',
    ],
  ])('are refused with %s', async (_name, from, to, mistake) => {
    const { mistakes } = await apply(OIDC.replace(new RegExp(from), to));
    expect(mistakes).toContain(mistake);

    expect((await stored('company')).upstream?.name).toBe('Company');
  });

  it.each([
    [
      'an address that is no server',
      'ldaps://ldap1.example.org',
      'http://ldap1',
      'upstreams.0.urls.0 must be ldaps://host or ldap://host, with a port if need be',
    ],
    [
      'a filter without a place for the name',
      'syncMinutes: 60',
      'userFilter: (uid=ada)',
      'upstreams.0.userFilter must hold {login} where the name goes',
    ],
    [
      'a bracket too few',
      'syncMinutes: 60',
      'userFilter: (&(uid={login})(mail=*)',
      'upstreams.0.userFilter must be an LDAP filter in brackets, each of them closed',
    ],
    [
      'no password for its own name',
      / *bindPasswordFile: .*\n/,
      '',
      'upstreams.0 bindPassword is needed',
    ],
    [
      'a domain of another',
      'syncMinutes: 60',
      'emailDomains: [example.com]',
      'upstreams.0.emailDomains.0 is already a domain of upstream company',
    ],
  ])('are refused with %s', async (_name, from, to, mistake) => {
    const text = LDAP.replace(from, to).replaceAll('slug: directory', 'slug: other');
    expect((await apply(text)).mistakes).toContain(mistake);
    expect(await stores.upstreams.findBySlug('other')).toBeUndefined();
  });

  it('go to the bin when the file names them no more, and come back with their secret', async () => {
    const pruned = await apply('upstreams: []', { prune: true });
    expect(pruned.changes).toEqual(['removed upstream company', 'removed upstream directory']);
    expect(await stores.upstreams.list()).toEqual([]);

    const { items } = await stores.bin.list({ kinds: ['upstream'], now: NOW, limit: 10 });
    const item = items.find(({ name }) => name === 'directory');
    await stores.transaction((tx) => tx.bin.restore(item?.id ?? ''));
    expect((await stored('directory')).secrets?.secret).toBe('the-bind-password');
  });
});
