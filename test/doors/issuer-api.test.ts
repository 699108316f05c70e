import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import { aPrivateKey } from '../support/issuer-rows.ts';
import { HS_SECRET } from '../support/world.ts';

const app = await testApp();
const API = '/api/v1/issuers';
let key: string;
beforeAll(async () => {
  await app.addIssuer();
  key = await app.apiKey(PERMISSIONS);
});

type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
const call = (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  app.api(method, path, { key, headers, ...(body === undefined ? {} : { body }) });
const put = (slug: string, body: unknown = { useRule: '1' }) => call('PUT', `${API}/${slug}`, body);

describe('/api/v1/issuers', () => {
  it('makes an issuer by PUT, and the same again changes nothing', async () => {
    const body = { useRule: '1', name: 'Second', serverUrl: 'https://meet.example.org' };
    const made = await put('second', body);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      slug: 'second',
      serverUrl: 'https://meet.example.org/',
      moderatorRule: null,
      rooms: [],
      status: { weakSecret: false, secretChangedAt: null },
      warnings: [{ code: 'nobody_moderates', weight: 'mind' }],
    });
    const again = await put('second', body);
    expect([again.status, again.json.warnings]).toEqual([200, []]);
    expect(again.headers.get('ETag')).toBe(made.headers.get('ETag'));
    const list = await call('GET', API);
    expect(list.json.items.map(({ slug }: { slug: string }) => slug)).toEqual(['main', 'second']);
  });

  it('takes back what it gave', async () => {
    await put('round', { useRule: '1', rooms: [{ match: 'a', features: { recording: '1' } }] });
    const { json } = await call('GET', `${API}/round`);
    const { status: _status, ...body } = json;
    const back = await put('round', body);
    expect([back.status, back.text.includes('"a"')]).toEqual([200, true]);
    const [event] = await app.stores.auditEvents.list({ type: 'issuer.updated', limit: 1 });
    expect(event?.targetName).not.toBe('round');
  });

  it('changes by PATCH what is named, and tells what that breaks', async () => {
    await put('patch', { useRule: '1', tokenTtlSeconds: 60 });
    const changed = await call('PATCH', `${API}/patch`, { appId: 'other', tokenTtlSeconds: null });
    expect(changed.json).toMatchObject({
      appId: 'other',
      tokenTtlSeconds: 300,
      warnings: [{ code: 'app_id_changed', weight: 'breaks' }],
    });
  });

  it('says where in the body each mistake is', async () => {
    const body = { useRule: '(', rooms: [{ match: 'ok' }, { match: 'UPPER' }] };
    const { status, json } = await put('wrong', body);
    expect(status).toBe(400);
    const paths = json.error.issues.map(({ path }: { path: string }) => path);
    expect(paths.sort()).toEqual(['body.rooms.1.match', 'body.useRule']);
    expect((await put('Bad Slug')).json.error.issues[0].path).toBe('body.slug');
  });

  it.each([
    ['a field nobody knows', { useRule: '1', weakSecret: false }],
    ['an id', { useRule: '1', id: 'x' }],
    ['a file of ours', { useRule: '1', secretFile: '/etc/passwd' }],
    ['another slug', { useRule: '1', slug: 'other' }],
    ['no use rule', { name: 'x' }],
  ])('refuses %s', async (_what, body) => {
    expect((await put('mass', body)).status).toBe(400);
    expect(await app.stores.issuers.findBySlug('mass')).toBeUndefined();
  });

  it('never tells a secret', async () => {
    const made = await put('shared', { useRule: '1', algorithm: 'HS256', secret: HS_SECRET });
    expect(made.status).toBe(201);
    expect(made.json.status.secretChangedAt).toEqual(expect.any(String));
    const looks = [made, await call('GET', `${API}/shared`), await call('GET', API)];
    for (const { text } of looks) expect(text).not.toContain(HS_SECRET);
  });

  it('refuses a change of what somebody else changed meanwhile', async () => {
    await put('etag');
    const seen = await call('GET', `${API}/etag`);
    const tag = { 'If-Match': seen.headers.get('ETag') ?? '' };
    expect((await call('PATCH', `${API}/etag`, { name: 'First' }, tag)).status).toBe(200);
    const late = await call('PATCH', `${API}/etag`, { name: 'Late' }, tag);
    expect([late.status, late.json.error.code]).toEqual([412, 'changed_meanwhile']);
    expect((await call('DELETE', `${API}/etag`, undefined, tag)).status).toBe(412);
    expect((await call('PUT', `${API}/none`, { useRule: '1' }, tag)).status).toBe(412);
  });

  it('puts what is deleted into the bin', async () => {
    await put('gone');
    expect((await call('DELETE', `${API}/gone`)).status).toBe(204);
    expect((await call('GET', `${API}/gone`)).status).toBe(404);
    expect((await call('DELETE', `${API}/gone`)).status).toBe(404);
    expect((await call('PATCH', `${API}/gone`, {})).status).toBe(404);
  });

  it('looks at the Jitsi server from outside', async () => {
    await put('check', { useRule: '1', algorithm: 'HS256', secret: HS_SECRET });
    const { json } = await call('POST', `${API}/check/check`, {});
    expect(json).toMatchObject({ address: null, findings: [{ code: 'no_server', state: 'bad' }] });
  });
});

describe('/api/v1/issuers/{issuer}/rooms', () => {
  it('adds, replaces, moves and removes policies', async () => {
    await put('rooms');
    const rooms = `${API}/rooms/rooms`;
    const order = async () =>
      (await app.stores.issuers.findBySlug('rooms'))?.rooms.map(({ match }) => match);
    for (const match of ['a', 'c-*']) await call('POST', rooms, { match });
    await call('POST', rooms, { match: 'b', position: 1 });
    expect(await order()).toEqual(['a', 'b', 'c-*']);
    await call('POST', `${rooms}/${encodeURIComponent('c-*')}/move`, { position: 0 });
    await call('PUT', `${rooms}/a`, { match: 'a2', useRule: '0' });
    expect((await call('DELETE', `${rooms}/b`)).status).toBe(200);
    expect(await order()).toEqual(['c-*', 'a2']);
    expect((await call('DELETE', `${rooms}/b`)).status).toBe(404);
    const wrong = await call('POST', rooms, { match: 'a2', useRule: '1' });
    expect(wrong.json.error.issues[0].path).toBe('body.rooms.2.match');
  });
});

describe('a room policy that is removed', () => {
  const rooms = `${API}/kept/rooms`;
  const order = async () =>
    (await app.stores.issuers.findBySlug('kept'))?.rooms.map(({ match }) => match);
  const inBin = async (name = 'kept / staff-*') => {
    const { items } = (await call('GET', '/api/v1/bin')).json;
    const item = items.find((one: { name: string }) => one.name === name);
    return `/api/v1/bin/${item?.id}`;
  };
  const STAFF = { match: 'staff-*', moderatorRule: '1', features: { recording: '1' } };

  beforeEach(async () => {
    await call('DELETE', '/api/v1/bin');
    await put('kept', { useRule: '1', rooms: [{ match: 'a' }, STAFF, { match: 'z' }] });
    await call('DELETE', `${rooms}/${encodeURIComponent('staff-*')}`);
  });

  it('waits in the bin, and comes back to its place', async () => {
    expect((await call('GET', '/api/v1/bin')).json.items[0]).toMatchObject({
      kind: 'room_policy',
      name: 'kept / staff-*',
    });
    const item = await inBin();
    expect(await order()).toEqual(['a', 'z']);
    expect((await call('POST', `${item}/restore`)).status).toBe(204);
    const { json } = await call('GET', `${API}/kept`);
    expect(json.rooms).toEqual([{ match: 'a' }, STAFF, { match: 'z' }]);
    expect((await call('POST', `${item}/restore`)).status).toBe(404);
    const [event] = await app.stores.auditEvents.list({ type: 'issuer.updated', limit: 1 });
    expect(event).toMatchObject({ targetName: 'kept', details: { restored: 'staff-*' } });
  });

  it('goes behind the neighbour it had, where others came and went', async () => {
    await call('DELETE', `${rooms}/a`);
    await call('POST', rooms, { match: 'new', position: 0 });
    await call('POST', `${await inBin()}/restore`);
    expect(await order()).toEqual(['new', 'staff-*', 'z']);
  });

  it('stays in the bin while there is another one, or no issuer', async () => {
    const item = await inBin();
    await call('POST', rooms, { match: 'staff-*' });
    const taken = await call('POST', `${item}/restore`);
    expect([taken.status, taken.json.error]).toMatchObject([
      409,
      { code: 'restore_conflict', details: { taken: 'staff-*', takenBy: 'kept' } },
    ]);
    await call('DELETE', `${API}/kept`);
    const homeless = await call('POST', `${item}/restore`);
    expect([homeless.status, homeless.json.error]).toMatchObject([
      409,
      { code: 'restore_homeless', details: { missing: 'kept' } },
    ]);
  });

  it('stays there, too, when its issuer takes its rules no more', async () => {
    await call('PATCH', `${API}/kept`, { sub: 'tenant' });
    await call('POST', rooms, { match: 'sales', useRule: "tenant == 'x'" });
    await call('DELETE', `${rooms}/sales`);
    const item = await inBin('kept / sales');
    await call('PATCH', `${API}/kept`, { sub: '*' });
    const refused = await call('POST', `${item}/restore`);
    expect(refused.json.error).toMatchObject({ code: 'input_invalid' });
    expect(await order()).toEqual(['a', 'z']);
  });
});

describe('room policies that a whole list is without', () => {
  const slug = 'listed';
  const rooms = [{ match: 'a' }, { match: 'b', useRule: '0' }, { match: 'c' }];
  const itemsOf = async (issuer: string) => {
    const { items } = (await call('GET', '/api/v1/bin')).json;
    return items.filter(({ name }: { name: string }) => name.startsWith(`${issuer} / `));
  };

  it.each(['PUT', 'PATCH'] as const)('wait in the bin after %s, to come back', async (method) => {
    await call('DELETE', '/api/v1/bin');
    await put(slug, { useRule: '1', rooms });
    await call(method, `${API}/${slug}`, { useRule: '1', rooms: [{ match: 'c' }] });
    const items = await itemsOf(slug);
    expect(items.map(({ name }: { name: string }) => name).sort()).toEqual([
      'listed / a',
      'listed / b',
    ]);
    for (const { id } of items)
      expect((await call('POST', `/api/v1/bin/${id}/restore`)).status).toBe(204);
    expect((await call('GET', `${API}/${slug}`)).json.rooms).toEqual(rooms);
  });
});

describe('/api/v1/issuers/{issuer}/keys', () => {
  it('rotates, imports and retires; no private half is told', async () => {
    await put('keys');
    const keys = `${API}/keys/keys`;
    const early = await call('POST', `${keys}/rotate`, {});
    expect([early.status, early.json.error.code]).toEqual([409, 'key_too_young']);
    await call('POST', `${keys}/rotate`, { force: true });
    await call('POST', `${keys}/import`, { privatePem: aPrivateKey() });
    const wrong = await call('POST', `${keys}/import`, { privatePem: 'x' });
    expect([wrong.status, wrong.json.error.issues[0].path]).toEqual([400, 'body.privatePem']);
    const { json, text } = await call('GET', keys);
    expect(text).not.toContain('PRIVATE');
    const stages = json.keys.map(({ stage }: { stage: string }) => stage).sort();
    expect(stages).toEqual(['active', 'next', 'published', 'published']);
    const [old] = json.keys.filter(
      (one: { stage: string; activatedAt: string | null }) =>
        one.stage === 'published' && one.activatedAt !== null,
    );
    const retire = `${keys}/${old.kid}/retire`;
    expect((await call('POST', retire, {})).json.error).toMatchObject({
      code: 'key_in_use',
      details: { kid: old.kid },
    });
    const retired = await call('POST', retire, { force: true });
    expect(retired.json.keys.find(({ kid }: { kid: string }) => kid === old.kid)).toMatchObject({
      stage: 'retired',
    });
    expect(retired.json.oidc).toEqual({ keys: [], nextRotationAt: null });
    const unused = await call('POST', `${keys}/rotate`, { ring: 'oidc' });
    expect([unused.status, unused.json.error.code]).toEqual([409, 'keys_unused']);
    expect((await call('POST', `${keys}/generate`, { ring: 'oidc' })).status).toBe(409);
  });
});

describe('/api/v1/settings', () => {
  it('are read with their source, and changed by what is named', async () => {
    const before = await call('GET', '/api/v1/settings');
    expect(before.json.publicUrl).toEqual({
      value: 'https://auth.example.org',
      source: 'environment',
    });
    const change = { branding: { color: '#112233', logoUrl: '/logo.png' } };
    const after = await call('PATCH', '/api/v1/settings', change);
    expect(after.json.branding).toMatchObject({ color: '#112233', logoUrl: '/logo.png' });
    const tag = { 'If-Match': before.headers.get('ETag') ?? '' };
    expect((await call('PATCH', '/api/v1/settings', change, tag)).status).toBe(412);
    const fixed = await call('PATCH', '/api/v1/settings', { publicUrl: 'https://x.example' });
    expect(fixed.json.error.code).toBe('setting_fixed');
    const wrong = await call('PATCH', '/api/v1/settings', { branding: { color: 'red' } });
    expect(wrong.json.error.issues[0].path).toBe('body.branding.color');
  });
});
