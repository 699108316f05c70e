import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../src/domain/errors.ts';
import { changeRoomPolicies } from '../../src/operations/change-room-policies.ts';
import { type SaveIssuerInput, saveIssuer } from '../../src/operations/save-issuer.ts';
import { HS_SECRET, testWorld } from '../support/world.ts';

const world = await testWorld();
const { stores } = world;
const publicUrl = new URL('https://auth.example.org');
const actor = { actorName: 'ada' };

const save = (
  slug: string,
  fields: SaveIssuerInput['fields'],
  more: Partial<SaveIssuerInput> = {},
) => saveIssuer(world, { slug, fields, how: 'change', mode: 'write', publicUrl, actor, ...more });
const make = (slug: string, fields: SaveIssuerInput['fields'] = { useRule: '1' }) =>
  save(slug, fields, { how: 'create' });
const lastEvent = async () => (await stores.auditEvents.list({ limit: 1 }))[0];
const keysOf = async (slug: string) => {
  const issuer = await stores.issuers.findBySlug(slug);
  return issuer ? (await stores.signingKeys.listOf(issuer.id)).length : 0;
};

/** `path: message` of every issue. */
async function issuesOf(saving: Promise<unknown>): Promise<string[]> {
  const error = await saving.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isDomainError(error) || error.code !== 'input_invalid') throw error;
  return error.details.issues.map(({ path, message }) => `${path}: ${message}`);
}

describe('saveIssuer', () => {
  it('makes an issuer with its keys, and writes down what it is', async () => {
    const version = BigInt(await stores.catalogVersion.current());
    const saved = await make('made', { useRule: '1', serverUrl: 'https://meet.example.org' });
    expect(saved).toMatchObject({
      outcome: 'created',
      issuer: {
        slug: 'made',
        iss: 'https://auth.example.org/realms/made',
        serverUrl: 'https://meet.example.org/',
      },
      warnings: [{ code: 'nobody_moderates', weight: 'mind' }],
    });
    expect(await keysOf('made')).toBe(2);
    expect(BigInt(await stores.catalogVersion.current())).toBeGreaterThan(version);
    expect(await lastEvent()).toMatchObject({
      type: 'issuer.created',
      actorName: 'ada',
      targetName: 'made',
      details: { after: { serverUrl: 'https://meet.example.org/', useRule: '1' } },
    });
  });

  it('tells every mistake by its field, and writes nothing', async () => {
    const fields = {
      name: ' padded',
      serverUrl: 'meet',
      useRule: "inGroop('x')",
      tokenTtlSeconds: 5,
      colour: 'red',
      secretFile: '/etc/passwd',
      rooms: [{ match: 'a*' }, { match: 'a*', features: { flying: '1' } }],
    };
    const issues = await issuesOf(make('wrong', fields));
    expect(issues.map((issue) => issue.slice(0, issue.indexOf(':'))).sort()).toEqual([
      'colour',
      'name',
      'rooms[1].features.flying',
      'rooms[1].match',
      'secretFile',
      'serverUrl',
      'tokenTtlSeconds',
      'useRule',
    ]);
    expect(await stores.issuers.findBySlug('wrong')).toBeUndefined();
    expect(await issuesOf(make('wrong', {}))).toEqual(['useRule: useRule is required']);
  });

  it.each(['login', 'Upper', 'a/b', ''])('makes none that is called %j', async (slug) => {
    expect((await issuesOf(make(slug)))[0]).toMatch(/^slug: /);
  });

  it('changes what is named and leaves the rest; null brings the default back', async () => {
    await make('change', { useRule: '1', tokenTtlSeconds: 60, name: 'Before' });
    await save('change', { moderatorRule: "inGroup('chairs')" });
    expect(await stores.issuers.findBySlug('change')).toMatchObject({
      name: 'Before',
      tokenTtlSeconds: 60,
      moderatorRule: "inGroup('chairs')",
    });
    await save('change', { tokenTtlSeconds: null });
    expect((await stores.issuers.findBySlug('change'))?.tokenTtlSeconds).toBe(300);
    expect((await lastEvent())?.details).toEqual({
      before: { tokenTtlSeconds: 60 },
      after: { tokenTtlSeconds: 300 },
    });
  });

  it('replaces what is not named by its default; keys and iss stay', async () => {
    const { issuer } = await make('put', { useRule: '1', iss: 'here', tokenTtlSeconds: 60 });
    const kids = await stores.signingKeys.listOf(issuer.id);
    const replaced = await save('put', { useRule: '0' }, { how: 'replace' });
    expect(replaced.issuer).toMatchObject({ id: issuer.id, iss: 'here', tokenTtlSeconds: 300 });
    expect(await stores.signingKeys.listOf(issuer.id)).toEqual(kids);
    expect((await save('put', { useRule: '0' }, { how: 'replace' })).outcome).toBe('unchanged');
  });

  it('neither makes what there is, nor changes what there is not, nor renames', async () => {
    await make('once');
    await expect(make('once')).rejects.toMatchObject({ code: 'slug_taken' });
    await expect(save('never', {})).rejects.toMatchObject({ code: 'issuer_not_found' });
    expect(await issuesOf(save('once', { slug: 'twice' }))).toHaveLength(1);
  });

  it('writes nothing as a plan, and says what it would do', async () => {
    const planned = await save('plan', { useRule: '1' }, { how: 'create', mode: 'plan' });
    expect(planned.outcome).toBe('created');
    expect(await stores.issuers.findBySlug('plan')).toBeUndefined();
  });

  it('refuses what was changed since it was looked at', async () => {
    await make('stale');
    const expected = () => false;
    await expect(save('stale', { name: 'x' }, { expected })).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
  });

  it('makes one when twenty try at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => make('race')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await keysOf('race')).toBe(2);
  });

  it('rotates nothing on a schedule where there are no keys', async () => {
    const fields = { useRule: '1', algorithm: 'HS256', secret: HS_SECRET, keyRotationDays: 30 };
    expect(await issuesOf(make('hs-rotation', fields))).toEqual([
      'keyRotationDays: an issuer with HS256 has no keys',
    ]);
    await make('rotation', { useRule: '1', keyRotationDays: 30 });
    expect((await stores.issuers.findBySlug('rotation'))?.keyRotationDays).toBe(30);
  });
});

describe('a shared secret', () => {
  it('is written down as set or changed, never as itself', async () => {
    await make('hs', { useRule: '1', algorithm: 'HS256', secret: HS_SECRET });
    expect((await lastEvent())?.details).toMatchObject({ after: { secret: 'set' } });
    world.clock.advance(60);
    const { issuer } = await save('hs', { secret: `${HS_SECRET}!` });
    expect((await lastEvent())?.details).toEqual({
      before: { secret: 'set' },
      after: { secret: 'changed' },
    });
    const standing = await stores.issuers.findStanding(issuer.id);
    expect(standing?.secretChangedAt).toEqual(world.clock.now());
    expect(JSON.stringify(await stores.auditEvents.list({ limit: 100 }))).not.toContain(HS_SECRET);
  });

  it('is kept when none is given, and needed where there is none', async () => {
    await make('kept', { useRule: '1', algorithm: 'HS256', secret: HS_SECRET });
    const { issuer } = await save('kept', { name: 'Other' });
    expect((await stores.issuers.listSecrets()).get(issuer.id)).toBe(HS_SECRET);
    await make('keys');
    expect(await issuesOf(save('keys', { algorithm: 'HS512' }))).toEqual([
      'algorithm: HS512 needs a secret',
    ]);
    expect(await issuesOf(save('kept', { secret: 'short' }))).toEqual([
      'secret: is too short for HS256: 5 bytes, at least 32 are needed',
    ]);
  });

  it('is weak no more once it was replaced', async () => {
    await world.addIssuer({ slug: 'weak', algorithm: 'HS256', weakSecret: true });
    expect((await save('weak', { name: 'Other' })).issuer.weakSecret).toBe(true);
    expect((await save('weak', { secret: `${HS_SECRET}2` })).issuer.weakSecret).toBe(false);
  });
});

describe('warnings', () => {
  const HS = { algorithm: 'HS256', secret: HS_SECRET };
  it.each([
    ['algorithm_changed', {}, { algorithm: 'RS512' }],
    ['secret_instead_of_keys', {}, HS],
    ['keys_instead_of_secret', HS, { algorithm: 'RS256' }],
    ['secret_changed', HS, { secret: `${HS_SECRET}!` }],
    ['iss_changed', {}, { iss: 'other' }],
    ['app_id_changed', {}, { appId: 'other' }],
    ['tenants_need_verification', {}, { sub: 'tenant', xmppDomain: 'meet.jitsi' }],
  ])('say that %s breaks meetings until Jitsi is changed, too', async (code, first, then) => {
    const slug = `warn-${code.replaceAll('_', '-')}`.slice(0, 40);
    const serverUrl = 'https://meet.example.org/';
    await make(slug, { useRule: '1', moderatorRule: '1', serverUrl, ...first });
    const { warnings } = await save(slug, then, { mode: 'plan' });
    expect(warnings).toEqual([{ code, weight: 'breaks' }]);
  });

  it('tell what is odd about an issuer when it becomes so, and not again', async () => {
    const odd = {
      useRule: ' deny ',
      serverUrl: 'http://meet.example.org/',
      nbfSkewSeconds: 0,
      tokenTtlSeconds: 30,
      anyRoom: true,
      sub: 'tenant',
    };
    const { warnings } = await make('odd', odd);
    expect(warnings.map(({ code }) => code)).toEqual([
      'server_url_plain',
      'xmpp_domain_missing',
      'nobody_enters',
      'nobody_moderates',
      'any_room',
      'no_skew',
      'short_life',
    ]);
    expect((await save('odd', { name: 'Odd' })).warnings).toEqual([]);
  });
});

describe('changeRoomPolicies', () => {
  const change = (change: Parameters<typeof changeRoomPolicies>[1]['change']) =>
    changeRoomPolicies(world, { slug: 'rooms', change, mode: 'write', publicUrl, actor });
  const matches = async () =>
    (await stores.issuers.findBySlug('rooms'))?.rooms.map(({ match }) => match);

  it('adds, edits, moves and removes, keeping the order of the rest', async () => {
    await make('rooms');
    for (const match of ['a', 'b', 'c']) await change({ kind: 'add', policy: { match } });
    await change({ kind: 'add', policy: { match: 'first' }, position: 0 });
    expect(await matches()).toEqual(['first', 'a', 'b', 'c']);
    await change({ kind: 'move', match: 'c', position: 1 });
    expect(await matches()).toEqual(['first', 'c', 'a', 'b']);
    await change({ kind: 'move', match: 'first', position: 99 });
    expect(await matches()).toEqual(['c', 'a', 'b', 'first']);
    await change({ kind: 'edit', match: 'a', policy: { match: 'a*', useRule: '0' } });
    await change({ kind: 'remove', match: 'b' });
    expect(await matches()).toEqual(['c', 'a*', 'first']);
    expect((await lastEvent())?.type).toBe('issuer.updated');
  });

  it('tells what is wrong with a policy where it will stand', async () => {
    const twin = change({ kind: 'edit', match: 'c', policy: { match: 'first' } });
    expect((await issuesOf(twin))[0]).toMatch(/^rooms\[2\]\.match: is already/);
    const wrong = change({ kind: 'add', policy: { match: 'UPPER', useRule: '(' } });
    expect((await issuesOf(wrong)).map((issue) => issue.slice(0, 14))).toEqual([
      'rooms[3].match',
      'rooms[3].useRu',
    ]);
    expect(await issuesOf(change({ kind: 'add', policy: 'x' }))).toHaveLength(1);
  });

  it('knows no policy that is not there', async () => {
    await expect(change({ kind: 'remove', match: 'zzz' })).rejects.toMatchObject({
      code: 'room_policy_not_found',
      details: { match: 'zzz' },
    });
  });
});

describe('policies that a whole list is without', () => {
  const inBin = async () => {
    const kinds = ['room_policy'] as const;
    const { items } = await stores.bin.list({ kinds, now: world.clock.now(), limit: 99 });
    return items.map(({ name }) => name);
  };

  it.each(['change', 'replace'] as const)('go to the bin by a %s', async (how) => {
    const slug = `listed-${how}`;
    const rooms = [{ match: 'a' }, { match: 'b', useRule: '0' }, { match: 'c' }];
    await make(slug, { useRule: '1', rooms });
    await save(slug, { useRule: '1', rooms: [{ match: 'c' }] }, { how, mode: 'plan' });
    expect(await inBin()).not.toContain(`${slug} / a`);
    await save(slug, { useRule: '1', rooms: [{ match: 'c' }] }, { how });
    expect(await inBin()).toEqual(expect.arrayContaining([`${slug} / a`, `${slug} / b`]));
    expect(await inBin()).not.toContain(`${slug} / c`);
  });

  it('go there, too, when the list is named no more', async () => {
    await make('unlisted', { useRule: '1', rooms: [{ match: 'a' }] });
    await save('unlisted', { useRule: '1' }, { how: 'replace' });
    expect(await inBin()).toContain('unlisted / a');
  });
});
