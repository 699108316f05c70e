import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { CAUSES } from '../../src/domain/prosody/advice.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import type { User } from '../../src/domain/user.ts';
import type { Inspection } from '../../src/domain/explain/inspection.ts';
import { findToken, inspectToken } from '../../src/operations/inspect-token.ts';
import { rotateIssuerKeys } from '../../src/operations/issuer-keys.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { encode, hs, otherSpki, rs } from '../domain/prosody/tokens.ts';
import { HS_SECRET, testWorld } from '../support/world.ts';

const world = await testWorld();
let ada: User;
let main: Issuer;
let token: string;

beforeAll(async () => {
  ada = await world.addUser({ username: 'ada' });
  main = await world.addIssuer();
  await world.addIssuer({
    slug: 'shared',
    algorithm: 'HS256',
    iss: 'https://auth.example.org/shared',
  });
  await world.addIssuer({
    slug: 'tenants',
    sub: 'tenant',
    iss: 'https://auth.example.org/tenants',
  });
  token = await tokenOf('main');
});

async function tokenOf(slug: string, room = 'Standup', tenant?: string): Promise<string> {
  const live = world.catalog.current().bySlug.get(slug);
  if (!live) throw new Error(slug);
  const session = { methods: ['pwd'], authenticatedAt: world.clock.now() };
  const where = { room: canonicalRoom(room), tenant, ip: undefined, requestId: 'X' };
  return (await issueJitsiToken(world, { live, user: ada, session, ...where })).token;
}

const ask = (text: string, more: { issuer?: string; room?: string; tenant?: string } = {}) =>
  inspectToken(
    { ...world, publicUrl: () => new URL('https://auth.example.org') },
    { token: text, ...more },
  );

/** Lines that failed, and their causes. */
function causes({ judged }: Inspection): string[] {
  return (judged?.lines ?? []).flatMap(({ name, advice }) =>
    advice ? [`${name}: ${advice.cause}`] : [],
  );
}

/** The payload of `token`, changed. */
function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return { ...payload, ...changes };
}

describe('inspectToken', () => {
  it('knows its own: whose it is, by which key, and what Prosody says', async () => {
    const found = await ask(token);
    expect(found).toMatchObject({
      header: { alg: 'RS256', typ: 'JWT' },
      claims: { room: 'standup', context: { user: { name: 'Ada Lovelace' } } },
      unreadable: undefined,
      bytes: token.length,
      signedBy: { issuer: 'main', stage: 'active', kid: expect.any(String) },
      issuers: [{ slug: 'main', by: ['signature', 'kid', 'iss', 'aud'] }],
      judged: {
        issuer: 'main',
        room: 'standup',
        verdict: { verdict: 'accepted' },
        whenIssued: undefined,
      },
    });
    expect(found.judged?.lines.map(({ name }) => name)).toEqual([
      'size',
      'format',
      'typ',
      'alg',
      'kid',
      'key',
      'signature',
      'iss',
      'aud',
      'exp',
      'nbf',
      'room',
      'sub',
      'context',
      'nulls',
    ]);
    expect(causes(found)).toEqual([]);
  });

  it('knows a token of a shared secret', async () => {
    const found = await ask(await tokenOf('shared'));
    expect(found.signedBy).toMatchObject({ issuer: 'shared', kid: undefined });
    expect(found.judged).toMatchObject({ issuer: 'shared', verdict: { verdict: 'accepted' } });
    expect(JSON.stringify(found)).not.toContain(HS_SECRET);
  });

  it.each([
    ['https://meet.example.org/standup?jwt=a.b.c#config.x=1', 'a.b.c'],
    ['https://meet.example.org/standup#jwt=a.b.c&config.x=1', 'a.b.c'],
    [' a.b.c\n', 'a.b.c'],
    ['Bearer a.b.c', 'a.b.c'],
    ['Authorization: Bearer a.b.c', 'a.b.c'],
  ])('finds it in %j', (text, found) => {
    expect(findToken(text)).toBe(found);
  });

  it.each([
    ['another room', { room: 'Another' }, ['room: room']],
    [
      'another issuer',
      { issuer: 'shared' },
      ['alg: alg_family', 'signature: signature_other_issuer', 'iss: iss'],
    ],
    ['another issuer with keys', { issuer: 'tenants' }, ['key: key_other_issuer', 'iss: iss']],
  ])('asked for %s it names the causes', async (_what, more, expected) => {
    const found = await ask(token, more);
    expect(causes(found)).toEqual(expected);
  });

  it.each([
    [{ iss: 'https://other.example/' }, 'iss: iss'],
    [{ aud: 'app' }, 'aud: aud'],
    [{ exp: 1 }, 'exp: exp'],
    [{ nbf: 99_999_999_999 }, 'nbf: nbf'],
    [{ context: null }, 'context: context'],
    [{ context: { user: null } }, 'nulls: nulls'],
    [{ room: undefined }, 'room: room'],
    [{ essay: 'x'.repeat(9000) }, 'size: size'],
  ])('names the cause when the claims hold %j', async (changes, cause) => {
    const forged = hs(claims(changes), {}, HS_SECRET);
    const found = await ask(forged, { issuer: 'shared' });
    expect(causes(found).filter((one) => one !== 'iss: iss' || cause === one)).toEqual([cause]);
    expect(found.signedBy?.issuer).toBe('shared');
  });

  it.each([
    [{ typ: 'at+jwt' }, 'typ: typ'],
    [{ alg: 'HS512' }, 'alg: alg'],
  ])('names the cause when the header holds %j', async (header, cause) => {
    const found = await ask(hs(claims(), header, HS_SECRET), { issuer: 'shared' });
    expect(causes(found)).toContain(cause);
  });

  it('tells a key that signs no more from one that nobody knows', async () => {
    const issuer = await world.addIssuer({ slug: 'rotating' });
    const old = await tokenOf('rotating');
    const actor = { actorName: 'test' };
    await rotateIssuerKeys(world, { slug: issuer.slug, force: true, actor });
    await world.catalog.refresh();
    expect((await ask(old)).signedBy).toMatchObject({ issuer: 'rotating', stage: 'published' });
    expect(causes(await ask(old))).toEqual([]);

    await world.database
      .knex('signing_keys')
      .where({ issuer_id: issuer.id, stage: 'published' })
      .update({ stage: 'retired', retired_at: world.clock.now() });
    await world.stores.catalogVersion.bump();
    const found = await ask(old);
    expect(found.signedBy).toMatchObject({ stage: 'retired' });
    expect(causes(found)).toEqual(['key: key_retired']);
    expect(
      causes(
        await ask(rs(claims({ iss: issuer.iss }), { kid: 'stranger' }), { issuer: 'rotating' }),
      ),
    ).toEqual(['key: key']);
  });

  it('is not taken in by a secret that is our public key', async () => {
    const kid = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    const [key] = await world.stores.signingKeys.listOf(main.id);
    const forged = hs(claims(), { kid, alg: 'HS256' }, key?.publicPem ?? otherSpki);
    const found = await ask(forged);
    expect(found.signedBy).toBeUndefined();
    expect(found.judged?.verdict.verdict).toBe('refused');
  });

  it('says of an expired token what was said when it was issued', async () => {
    const old = await tokenOf('main');
    world.clock.advance(3600);
    const found = await ask(old);
    expect(found.judged).toMatchObject({ verdict: { verdict: 'refused' }, whenIssued: 'accepted' });
    world.clock.advance(-3600);
  });

  it('judges by tenant where the issuer keeps tenants apart', async () => {
    const its = await tokenOf('tenants', 'standup', 'maths');
    expect((await ask(its, { tenant: 'maths' })).judged?.verdict.verdict).toBe('accepted');
    expect(causes(await ask(its, { tenant: 'arts' }))).toEqual(['sub: sub']);
  });

  it.each([
    ['', 'Invalid token'],
    ['abc', 'Invalid token'],
    ['a.b', 'Invalid token'],
    [`${encode({})}.!!.x`, 'Invalid body'],
  ])('says what is wrong with %j', async (text, reason) => {
    expect(await ask(text)).toMatchObject({
      unreadable: reason,
      header: undefined,
      signedBy: undefined,
      issuers: [],
    });
  });

  it.each([
    [{ issuer: 'none' }, 'issuer_not_found'],
    [{ room: 'a/b' }, 'room_invalid'],
    [{ tenant: 'a b' }, 'tenant_invalid'],
  ])('refuses %j with %s', async (more, code) => {
    await expect(ask(token, more)).rejects.toMatchObject({ code });
  });

  it('never throws, and writes nothing down, whatever is pasted', async () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        null,
        [],
        'x',
        { kid: 'a\0b', alg: 'RS256' },
        { kid: 1n.toString(), alg: 'HS256' },
      ),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(json, json).map(([a, b]) => `${encode(a)}.${encode(b)}.AAAA`),
    );
    const before = await world.stores.auditEvents.list({ limit: 1000 });
    await fc.assert(
      fc.asyncProperty(text, async (pasted) => {
        const { judged } = await ask(pasted);
        expect(judged?.issuer).toBeDefined();
        for (const { advice } of judged?.lines ?? [])
          if (advice) expect(CAUSES).toContain(advice.cause);
      }),
      { numRuns: 60 },
    );
    expect(await world.stores.auditEvents.list({ limit: 1000 })).toEqual(before);
  });
});
