import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/domain/config-file/read.ts';
import type { Permission } from '../../src/domain/permissions.ts';
import { SIGN_IN_SETTING } from '../../src/domain/sign-in-setting.ts';
import { anLdapUpstream } from '../factories.ts';
import { testApp } from '../support/app.ts';
import { HS_SECRET, PASSWORD } from '../support/world.ts';

const app = await testApp();
await app.addIssuer({ algorithm: 'HS256' });
await app.addUser({ username: 'ada', groups: ['staff'], attributes: { department: 'maths' } });

async function visitorOf(role: 'administrator' | 'auditor' | 'user_manager' | undefined) {
  const user = await app.addUser({ role });
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(user.username, PASSWORD);
  return visitor;
}

describe('/admin/export', () => {
  it.each(['administrator', 'auditor'] as const)(
    'gives %s a file that apply reads',
    async (role) => {
      const visitor = await visitorOf(role);
      expect((await visitor.get('/admin/export')).text).toContain('/admin/export/roomkey.yaml');
      const { status, headers, text } = await visitor.get('/admin/export/roomkey.yaml');
      expect(status).toBe(200);
      expect(headers.get('Content-Disposition')).toBe('attachment; filename="roomkey.yaml"');
      expect(readConfig(parse(text))).toMatchObject({ mistakes: [] });
      const { users, issuers } = parse(text);
      expect(users).toContainEqual(expect.objectContaining({ username: 'ada' }));
      expect(issuers).toEqual([expect.objectContaining({ slug: 'main' })]);
    },
  );

  it('holds neither secret nor hash', async () => {
    const { text } = await (await visitorOf('administrator')).get('/admin/export/roomkey.yaml');
    expect(text).not.toContain(HS_SECRET);
    expect(text).not.toContain('argon2');
  });

  it.each(['user_manager', undefined] as const)('is not for %s', async (role) => {
    const visitor = await visitorOf(role);
    for (const path of ['/admin/export', '/admin/export/roomkey.yaml'])
      expect((await visitor.get(path)).status).toBe(403);
  });
});

describe('GET /api/v1/config', () => {
  it('gives the sections that the key may read', async () => {
    const part = await app.api('GET', '/api/v1/config', {
      key: await app.apiKey(['settings:read']),
    });
    expect(part.json).toEqual({});
    const all = await app.apiKey(['settings:read', 'users:read', 'issuers:read']);
    const { json } = await app.api('GET', '/api/v1/config', { key: all });
    expect(Object.keys(json)).toEqual(['groups', 'users', 'issuers']);
  });

  it('gives upstreams, and who signs in here, to those who may read them', async () => {
    const secrets = { secret: 'canary-of-an-upstream', privateKey: undefined };
    await app.stores.upstreams.add(anLdapUpstream(), secrets, app.clock.now());
    await app.stores.settings.set(SIGN_IN_SETTING, { local: 'administrators' }, app.clock.now());
    const read = async (scopes: readonly Permission[]) =>
      app.api('GET', '/api/v1/config', { key: await app.apiKey(scopes) });
    expect((await read(['settings:read'])).json).toEqual({ signIn: { local: 'administrators' } });
    const { json, text } = await read(['settings:read', 'upstreams:read']);
    expect(json.upstreams).toMatchObject([{ slug: 'directory', type: 'ldap' }]);
    expect(text).not.toContain('canary');
    expect(readConfig(json).mistakes).toEqual([]);
  });
});
