import { beforeEach, describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/crypto/digest.ts';
import { systemRandom } from '../../src/crypto/random.ts';
import { PERMISSIONS, permissionsOf } from '../../src/domain/permissions.ts';
import { createApiKey, revokeApiKey } from '../../src/operations/api-keys.ts';
import { findApiCaller } from '../../src/operations/find-api-caller.ts';
import { movableClock } from '../factories.ts';
import { addPerson } from '../support/sign-in.ts';
import { testStores } from '../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const actor = { actorName: 'root' };

beforeEach(async () => {
  await database.knex('users').del();
  await database.knex('audit_events').del();
});

async function make(input: Partial<Parameters<typeof createApiKey>[1]> = {}) {
  const clock = movableClock();
  const deps = { stores, clock, random: systemRandom };
  const user = await addPerson(ground, { role: 'administrator' });
  const maker = { userId: user.id, permissions: permissionsOf('administrator') };
  const made = await createApiKey(deps, {
    name: 'backup',
    scopes: ['users:read', 'audit:read'],
    expiresAt: undefined,
    maker,
    actor,
    ...input,
  });
  return { ...made, user, clock, deps, caller: () => findApiCaller(deps, made.token) };
}

describe('createApiKey', () => {
  it('makes a key that lets in who brings it, with its rights', async () => {
    const { token, caller, user, key } = await make();
    expect(token).toMatch(/^rk_[\w-]{43}$/);
    expect(await caller()).toMatchObject({
      keyId: key.id,
      name: 'api:backup',
      makerId: user.id,
      permissions: ['users:read', 'audit:read'],
    });
  });

  it('keeps the hash of the token alone, and writes it down without it', async () => {
    const { token } = await make();
    const [row] = await database.knex('api_keys');
    expect(row.token_hash).toEqual(tokenHash(token));
    const { rows } = await database.knex.raw(
      'select k::text as line from api_keys k union all select a::text from audit_events a',
    );
    const lines = rows.map(({ line }: { line: string }) => line).join('\n');
    expect(lines).toContain('api_key.created');
    expect(lines).not.toContain(token.slice(3));
  });

  it('refuses rights its maker does not have', async () => {
    const user = await addPerson(ground, { role: 'user_manager' });
    const maker = { userId: user.id, permissions: permissionsOf('user_manager') };
    await expect(make({ maker, scopes: ['users:read', 'keys:write'] })).rejects.toMatchObject({
      code: 'api_key_beyond_maker',
      details: { scopes: 'keys:write' },
    });
    expect(await database.knex('api_keys')).toEqual([]);
  });

  it('refuses a key that has ended already', async () => {
    const expiresAt = movableClock().now();
    await expect(make({ expiresAt })).rejects.toMatchObject({ code: 'input_invalid' });
  });
});

describe('findApiCaller', () => {
  it('knows a key until it expires', async () => {
    const now = movableClock().now();
    const { clock, caller } = await make({ expiresAt: new Date(now.getTime() + 1000) });
    expect(await caller()).toBeDefined();
    clock.advance(1);
    expect(await caller()).toBeUndefined();
  });

  it('stops with its maker: disabled, or of a lesser role', async () => {
    const { user, caller, clock } = await make({ scopes: PERMISSIONS });
    await stores.users.update({ ...user, role: 'auditor' }, clock.now());
    expect((await caller())?.permissions).toEqual(permissionsOf('auditor'));
    await stores.users.update({ ...user, role: undefined }, clock.now());
    expect((await caller())?.permissions).toEqual([]);
    await stores.users.setDisabledAt(user.id, clock.now(), clock.now());
    expect(await caller()).toBeUndefined();
    await stores.users.setDisabledAt(user.id, undefined, clock.now());
    expect(await caller()).toBeDefined();
    await stores.users.remove(user.id);
    expect(await caller()).toBeUndefined();
  });

  it('writes its use down once a minute', async () => {
    const { key, caller, clock } = await make();
    const lastUsed = async () => (await stores.apiKeys.findById(key.id))?.key.lastUsedAt;
    expect(await lastUsed()).toBeUndefined();
    await caller();
    const first = clock.now();
    expect(await lastUsed()).toEqual(first);
    clock.advance(59);
    await caller();
    expect(await lastUsed()).toEqual(first);
    clock.advance(1);
    await caller();
    expect(await lastUsed()).toEqual(clock.now());
  });

  it.each(['', 'rk_', `rk_${'x'.repeat(43)}`, 'x'.repeat(46)])(
    'knows nobody by %j',
    async (token) => {
      const { deps } = await make();
      expect(await findApiCaller(deps, token)).toBeUndefined();
    },
  );
});

describe('revokeApiKey', () => {
  it('ends the key at once, once', async () => {
    const { key, deps, caller } = await make();
    await revokeApiKey(deps, { id: key.id, actor });
    await revokeApiKey(deps, { id: key.id, actor });
    expect(await caller()).toBeUndefined();
    const revoked = await stores.auditEvents.list({ type: 'api_key.revoked', limit: 9 });
    expect(revoked).toMatchObject([
      { targetType: 'api_key', targetId: key.id, targetName: 'backup' },
    ]);
  });

  it('knows no other', async () => {
    const { deps } = await make();
    const id = systemRandom.uuid();
    await expect(revokeApiKey(deps, { id, actor })).rejects.toMatchObject({
      code: 'api_key_not_found',
    });
  });
});

describe('the list of keys', () => {
  it('is searched by the beginnings of words, and paged', async () => {
    const names = ['HumHub bridge', 'Nightly backup', 'humble bot'];
    for (const name of names) {
      const { clock } = await make({ name });
      clock.advance(60);
    }
    const found = async (q: string) => {
      const { items } = await stores.apiKeys.list({ q, after: undefined, limit: 9 });
      return items.map(({ key }) => key.name).sort();
    };
    expect(await found('hum')).toEqual(['HumHub bridge', 'humble bot']);
    expect(await found('BRIDGE hum')).toEqual(['HumHub bridge']);
    expect(await found('ackup')).toEqual([]);
    expect(await found('%')).toEqual([]);
    const { total } = await stores.apiKeys.list({ q: 'hum', limit: 1 });
    expect(total).toEqual({ count: 2, more: false });

    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await stores.apiKeys.list({ q: '', after, limit: 1 });
      seen.push(...page.items.map(({ key }) => key.name));
      after = page.next;
    } while (after !== undefined);
    expect(seen.sort()).toEqual([...names].sort());
  });
});
