import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import type { User } from '../../src/domain/user.ts';
import { outstandingTokens } from '../../src/operations/outstanding-tokens.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
let main: Issuer;
let hash: Issuer;
let tenants: Issuer;
let ada: User;
let key: string;

beforeAll(async () => {
  main = await app.addIssuer({
    useRule: "inGroup('staff')",
    moderatorRule: "inGroup('chairs')",
    rooms: [
      {
        match: 'inside',
        useRule: "inNetwork('10.0.0.0/8')",
        moderatorRule: undefined,
        features: undefined,
        lobbyBypass: undefined,
      },
      {
        match: 'lately',
        useRule: 'auth.age < 3600',
        moderatorRule: undefined,
        features: undefined,
        lobbyBypass: undefined,
      },
    ],
  });
  hash = await app.addIssuer({ slug: 'hash', algorithm: 'HS256', delivery: 'fragment' });
  tenants = await app.addIssuer({ slug: 'tenants', sub: 'tenant' });
  await app.addIssuer({ slug: 'bare', serverUrl: undefined });
  ada = await app.addUser({
    username: 'ada',
    email: 'ada@example.org',
    groups: ['staff', 'chairs'],
  });
  await app.addUser({ username: 'eve' });
  const gone = await app.addUser({ username: 'gone', groups: ['staff'] });
  await app.stores.users.setDisabledAt(gone.id, app.clock.now(), app.clock.now());
  key = await app.apiKey(['tokens:mint']);
});

const mint = (body: unknown, issuer = 'main') =>
  app.api('POST', `/api/v1/issuers/${issuer}/tokens`, { key, body });
const eventOf = async (answer: Awaited<ReturnType<typeof mint>>) => {
  const requestId = answer.headers.get('X-Request-Id') ?? '-';
  return (await app.stores.auditEvents.list({ requestId, limit: 9 }))[0];
};

describe('POST /api/v1/issuers/{issuer}/tokens', () => {
  it('gives a token that Prosody takes, by the decision the person would get', async () => {
    const answer = await mint({ user: 'ada', room: 'Café Réunion' });
    expect(answer.status).toBe(201);
    expect(app.judge(main, answer.json.token, 'Café Réunion')).toMatchObject({
      verdict: 'accepted',
      role: 'moderator',
    });
    expect(answer.json).toMatchObject({
      expiresAt: '2026-01-05T09:05:00.000Z',
      role: 'moderator',
      room: 'café réunion',
    });
    const url = new URL(answer.json.url);
    expect(url.origin + url.pathname).toBe('https://meet.example.org/Caf%C3%A9%20R%C3%A9union');
    expect(url.searchParams.get('jwt')).toBe(answer.json.token);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
  });

  it('names the key as the actor and the person as the target', async () => {
    const answer = await mint({ user: 'ada', room: 'stand-up' });
    expect(await eventOf(answer)).toMatchObject({
      type: 'token.issued',
      actorId: undefined,
      actorName: 'api:test',
      targetType: 'user',
      targetId: ada.id,
      targetName: 'ada',
      issuerId: main.id,
      room: 'stand-up',
      role: 'moderator',
      rule: 'useRule',
    });
    expect(app.log()).not.toContain(answer.json.token);
  });

  it('counts among the tokens of the person that are still good', async () => {
    const eve = await app.addUser({ username: 'eva', groups: ['staff'] });
    await mint({ user: 'eva', room: 'stand-up' });
    const subject = { kind: 'user', userId: eve.id } as const;
    expect(await outstandingTokens(app, subject)).toMatchObject({ count: 1 });
  });

  it.each([
    ['an e-mail address', () => ({ user: 'ADA@example.org', room: 'a' })],
    ['an id', () => ({ userId: ada.id, room: 'a' })],
  ])('knows the person by %s', async (_what, body) => {
    const claims = JSON.parse(
      Buffer.from((await mint(body())).json.token.split('.')[1], 'base64url').toString(),
    );
    expect(claims.context.user.id).toBe(ada.id);
  });

  it('serves HS issuers, in the fragment, and tenants', async () => {
    const hs = await mint({ user: 'eve', room: 'a' }, 'hash');
    expect(app.judge(hash, hs.json.token, 'a')).toMatchObject({ verdict: 'accepted' });
    expect(new URL(hs.json.url).hash).toContain(hs.json.token);

    const inTenant = await mint({ user: 'eve', room: 'a', tenant: 'Sales' }, 'tenants');
    expect(app.judge(tenants, inTenant.json.token, 'a', 'sales')).toMatchObject({
      verdict: 'accepted',
    });
    expect(new URL(inTenant.json.url).pathname).toBe('/sales/a');
  });

  it('reads the room as a name, percent signs and all', async () => {
    const answer = await mint({ user: 'ada', room: '100%25 sure' });
    expect(answer.json.room).toBe('100%25 sure');
    expect(app.judge(main, answer.json.token, '100%2525 sure')).toMatchObject({
      verdict: 'accepted',
    });
  });

  it.each([
    ['whom the rule refuses', { user: 'eve', room: 'a' }, 'use_rule_false', 'useRule'],
    ['who is disabled', { user: 'gone', room: 'a' }, 'user_disabled', 'useRule'],
    ['whose address nobody tells', { user: 'ada', room: 'inside' }, 'address_unknown', 'rooms[0]'],
    [
      'who comes from elsewhere',
      { user: 'ada', room: 'inside', ip: '192.0.2.7' },
      'use_rule_false',
      'rooms[0]',
    ],
    ['whose sign-in nobody saw', { user: 'ada', room: 'lately' }, 'use_rule_false', 'rooms[1]'],
  ])('refuses %s, with the reason and the rule', async (_what, body, reason, rule) => {
    const answer = await mint(body);
    expect([answer.status, answer.json.error.code]).toEqual([403, 'access_denied']);
    expect(answer.json.error.details).toMatchObject({ reason, room: body.room });
    expect(answer.json.error.details.rule).toContain(rule);
    expect(answer.text).not.toContain('eyJ');
    expect(await eventOf(answer)).toMatchObject({ type: 'token.denied', reason });
  });

  it('believes the address that the application tells', async () => {
    expect((await mint({ user: 'ada', room: 'inside', ip: '10.1.2.3' })).status).toBe(201);
  });

  it.each([
    ['nobody', { user: 'nobody', room: 'a' }, 'main', 404, 'user_not_found'],
    ['an issuer nobody made', { user: 'ada', room: 'a' }, 'none', 404, 'issuer_not_found'],
    [
      'an issuer without a server',
      { user: 'ada', room: 'a' },
      'bare',
      409,
      'issuer_without_server',
    ],
    ['a room that is a path', { user: 'ada', room: 'a/b' }, 'main', 400, 'room_invalid'],
    ['any room', { user: 'ada', room: '*' }, 'main', 400, 'room_invalid'],
    [
      'a tenant that is a path',
      { user: 'ada', room: 'a', tenant: '../x' },
      'main',
      400,
      'tenant_invalid',
    ],
    ['no room', { user: 'ada' }, 'main', 400, 'input_invalid'],
    ['no person', { room: 'a' }, 'main', 400, 'input_invalid'],
    [
      'two ways to name one',
      { user: 'ada', userId: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10', room: 'a' },
      'main',
      400,
      'input_invalid',
    ],
    ['claims', { user: 'ada', room: 'a', moderator: true }, 'main', 400, 'input_invalid'],
    ['a role', { user: 'ada', room: 'a', role: 'moderator' }, 'main', 400, 'input_invalid'],
    ['a life', { user: 'ada', room: 'a', exp: 9_999_999_999 }, 'main', 400, 'input_invalid'],
    [
      'an address that is none',
      { user: 'ada', room: 'a', ip: 'localhost' },
      'main',
      400,
      'input_invalid',
    ],
    ['a NUL', { user: 'a\0da', room: 'a' }, 'main', 400, 'input_invalid'],
  ])('answers %s with its code', async (_what, body, issuer, status, code) => {
    const answer = await mint(body, issuer);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it('mints nothing for a key of other rights, nor on GET', async () => {
    const other = await app.apiKey(['users:read', 'users:write', 'issuers:write']);
    const body = { user: 'ada', room: 'a' };
    const path = '/api/v1/issuers/main/tokens';
    expect((await app.api('POST', path, { key: other, body })).status).toBe(403);
    expect((await app.api('GET', `${path}?user=ada&room=a`, { key })).status).toBe(405);
  });

  it('stops when the maker of the key may no longer do it', async () => {
    const maker = await app.addUser({ role: 'administrator' });
    const theirs = await app.apiKey(['tokens:mint'], maker);
    const body = { user: 'ada', room: 'a' };
    const path = '/api/v1/issuers/main/tokens';
    expect((await app.api('POST', path, { key: theirs, body })).status).toBe(201);
    await app.stores.users.update({ ...maker, role: 'auditor' }, app.clock.now());
    expect((await app.api('POST', path, { key: theirs, body })).status).toBe(403);
  });
});
