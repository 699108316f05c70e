import { beforeEach, describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { representClient } from '../../src/domain/client-view.ts';
import { isDomainError } from '../../src/domain/errors.ts';
import { CLI } from '../../src/operations/actor.ts';
import { applyConfig } from '../../src/operations/apply-config.ts';
import { removeFromBin, restoreFromBin } from '../../src/operations/bin.ts';
import {
  endFormerSecret,
  rotateClientSecret,
} from '../../src/operations/clients/client-secrets.ts';
import { findClient } from '../../src/operations/clients/find-client.ts';
import { removeClient } from '../../src/operations/clients/remove-client.ts';
import { saveClient } from '../../src/operations/clients/save-client.ts';
import { removeIssuer } from '../../src/operations/remove-issuer.ts';
import { jitsiClient } from '../support/relying-party.ts';
import { testWorld } from '../support/world.ts';

const actor = { actorName: 'ada' };
const author = { actor, permissions: ['issuers:write'] as const };
const WIKI = { kind: 'oidc', redirectUris: ['https://wiki.example.org/cb'] };

const world = await testWorld();
/** Of each test, in an issuer of its own. */
let wiki: { readonly slug: string; readonly clientId: string };
let ownId: string;
beforeEach(async () => {
  const issuer = await world.addIssuer({ slug: `own-${world.random.uuid().slice(0, 8)}` });
  wiki = { slug: issuer.slug, clientId: 'wiki' };
  ownId = issuer.id;
});

const save = (fields: object = WIKI, more: object = {}) =>
  saveClient(world, { ...wiki, fields: { ...fields }, how: 'replace', actor, ...more });
const secrets = async () => (await world.stores.clients.listSecrets()).get(ownId)?.get('wiki');
const events = async () =>
  (await world.stores.auditEvents.list({ limit: 50 })).filter(
    ({ targetType, issuerId }) => targetType === 'client' && issuerId === ownId,
  );

async function refusal(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isDomainError(error)) throw error ?? new Error('it was not refused');
  const paths = error.code === 'input_invalid' ? error.details.issues.map(({ path }) => path) : [];
  return { code: error.code, paths };
}

describe('a client made by hand', () => {
  it('has the defaults of the file, a secret of 256 bits that is told once, and its row', async () => {
    const made = await save();
    expect(made.outcome).toBe('created');
    expect(made.client).toMatchObject({ auth: 'client_secret_basic', name: 'wiki' });
    expect(Buffer.from(made.secret ?? '', 'base64url')).toHaveLength(32);
    expect(await secrets()).toEqual({ secret: made.secret, former: undefined });

    const again = await save();
    expect(again).toMatchObject({ outcome: 'unchanged', secret: undefined });
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'client.created', targetId: 'wiki', actorName: 'ada' });
    expect(event?.details).toMatchObject({ after: { clientId: 'wiki', secret: 'set' } });
    expect(JSON.stringify(event)).not.toContain(made.secret);
  });

  it('is known by the next look at the catalog, where it stands last', async () => {
    await save(WIKI, { clientId: 'a' });
    await save();
    const { bySlug } = await world.catalog.refresh();
    expect(bySlug.get(wiki.slug)?.issuer.clients.map(({ clientId }) => clientId)).toEqual([
      'a',
      'wiki',
    ]);
    await save({ ...WIKI, name: 'Renamed' }, { clientId: 'a' });
    const issuer = await world.stores.issuers.findBySlug(wiki.slug);
    expect(issuer?.clients.map(({ name }) => name)).toEqual(['Renamed', 'wiki']);
  });

  it('changes with before and after, keeps its secret, and loses one it needs no more', async () => {
    const { secret } = await save();
    await save({ ...WIKI, tokenTtlSeconds: 60 });
    expect((await secrets())?.secret).toBe(secret);
    const [event] = await events();
    expect(event?.details).toEqual({ before: {}, after: { tokenTtlSeconds: 60 } });

    await save({ ...WIKI, auth: 'none' });
    expect(await secrets()).toBeUndefined();
    const renewed = await save();
    expect(renewed.secret).toBeDefined();
    expect(renewed.secret).not.toBe(secret);
  });

  it('is not overwritten by who saw another', async () => {
    const { client } = await save();
    const seen = JSON.stringify(representClient(client));
    const expected = (current: typeof client) => JSON.stringify(representClient(current)) === seen;
    await save({ ...WIKI, name: 'First' }, { expected });
    expect(await refusal(save({ ...WIKI, name: 'Second' }, { expected }))).toMatchObject({
      code: 'changed_meanwhile',
    });
    const removal = removeClient(world, { ...wiki, expected, actor });
    expect(await refusal(removal)).toMatchObject({ code: 'changed_meanwhile' });
    expect(await refusal(save(WIKI, { clientId: 'new', expected: () => true }))).toMatchObject({
      code: 'changed_meanwhile',
    });
  });

  it.each([
    ['another name', { ...WIKI, clientId: 'other' }, ['clientId']],
    ['no address', { kind: 'oidc' }, ['redirectUris']],
    ['a wildcard', { ...WIKI, redirectUris: ['https://x.example/*'] }, ['redirectUris[0]']],
    [
      'several at once',
      { ...WIKI, redirectUris: ['x'], tokenTtlSeconds: 1, webOrigins: ['https://x.example/p'] },
      ['tokenTtlSeconds', 'redirectUris[0]', 'webOrigins[0]'],
    ],
    ['a secret of its own', { ...WIKI, secret: 'x'.repeat(40) }, ['secret']],
    ['a file of ours', { ...WIKI, secretFile: '/etc/passwd' }, ['secretFile']],
    ['an unknown key', { ...WIKI, redirectUri: 'x' }, ['redirectUri']],
    ['keys it does not give', { ...WIKI, auth: 'private_key_jwt' }, ['auth']],
    ["Jitsi's audience", { ...WIKI, audience: 'jitsi' }, ['audience']],
    ['any room', { ...WIKI, anyRoom: true }, ['anyRoom']],
  ])('is refused with %s, and nothing is written', async (_what, fields, paths) => {
    expect(await refusal(save(fields))).toEqual({ code: 'input_invalid', paths });
    expect(await events()).toEqual([]);
  });

  it('does not take the name of a neighbour for its tokens, nor come a second time', async () => {
    await save();
    const jitsi = { kind: 'jitsi', redirectUris: WIKI.redirectUris, audience: 'wiki' };
    expect(await refusal(save(jitsi, { clientId: 'j' }))).toEqual({
      code: 'input_invalid',
      paths: ['clients[0].clientId'],
    });
    expect(await refusal(save(WIKI, { how: 'create' }))).toMatchObject({ code: 'client_id_taken' });
    expect(await refusal(save(WIKI, { slug: 'x' }))).toMatchObject({ code: 'issuer_not_found' });
  });
});

describe('the secret of a client', () => {
  it('is replaced, and the one before is good until a moment that can be chosen', async () => {
    const { secret } = await save();
    const first = await rotateClientSecret(world, { ...wiki, overlapSeconds: 3600, actor });
    const until = new Date(world.clock.now().getTime() + 3_600_000);
    expect(await secrets()).toEqual({ secret: first.secret, former: { secret, until } });
    expect(first.standing.formerSecretEndsAt).toEqual(until);

    const second = await rotateClientSecret(world, { ...wiki, actor });
    expect((await secrets())?.former?.secret).toBe(first.secret);
    await endFormerSecret(world, { ...wiki, actor });
    await endFormerSecret(world, { ...wiki, actor });
    expect(await secrets()).toEqual({ secret: second.secret, former: undefined });

    await rotateClientSecret(world, { ...wiki, overlapSeconds: 0, actor });
    expect((await secrets())?.former).toBeUndefined();
    const all = await events();
    expect(all.map(({ type }) => type)).toEqual([
      'client.secret_made',
      'client.secret_ended',
      'client.secret_made',
      'client.secret_made',
      'client.created',
    ]);
    expect(all[0]?.details).toMatchObject({
      before: { secret: 'set' },
      after: { secret: 'changed' },
    });
    for (const one of [secret, first.secret, second.secret])
      expect(JSON.stringify(all)).not.toContain(one);
  });

  it('is there for those alone who prove themselves by one', async () => {
    await save({ ...WIKI, auth: 'none' });
    expect(await refusal(rotateClientSecret(world, { ...wiki, actor }))).toMatchObject({
      code: 'client_without_secret',
    });
    const nobody = rotateClientSecret(world, { ...wiki, clientId: 'x', actor });
    expect(await refusal(nobody)).toMatchObject({ code: 'client_not_found' });
  });
});

describe('a client that was removed', () => {
  it('comes back with its secret, and people are asked anew', async () => {
    const { secret, issuer, client } = await save();
    const user = await world.addUser();
    const place = { userId: user.id, issuerId: issuer.id, clientId: 'wiki' };
    const given = { ...place, scopes: ['openid'], givenAt: world.clock.now() };
    await world.stores.oidcConsents.give(given);

    const { id, name } = await removeClient(world, { ...wiki, actor });
    expect(name).toBe(`${wiki.slug} / wiki`);
    expect(await refusal(findClient(world.stores, wiki))).toMatchObject({
      code: 'client_not_found',
    });
    expect(await world.stores.oidcConsents.listOfUser(user.id)).toEqual([]);
    expect((await world.catalog.refresh()).bySlug.get(wiki.slug)?.issuer.clients).toEqual([]);
    expect(await world.stores.sealedSecrets.openAll()).toBeGreaterThan(0);

    await restoreFromBin(world, { id, ...author });
    expect((await findClient(world.stores, wiki)).client).toEqual(client);
    expect((await secrets())?.secret).toBe(secret);
    expect(await world.stores.oidcConsents.listOfUser(user.id)).toEqual([]);
    expect((await events()).map(({ type }) => type)).toEqual([
      'client.restored',
      'client.removed',
      'client.created',
    ]);
    const [restored] = await events();
    expect(restored).toMatchObject({ targetId: 'wiki', issuerId: issuer.id });
  });

  it('stays there while its name is taken, its issuer is gone, or it no longer fits', async () => {
    await save();
    const { id } = await removeClient(world, { ...wiki, actor });
    await save();
    const restore = () => restoreFromBin(world, { id, ...author });
    expect(await refusal(restore())).toMatchObject({ code: 'restore_conflict' });
    const second = await removeClient(world, { ...wiki, actor });
    await removeFromBin(world, { id: second.id, ...author });

    const gone = await removeIssuer(world, { slug: wiki.slug, actor });
    expect(await refusal(restore())).toMatchObject({ code: 'restore_homeless' });
    expect(await world.stores.bin.conflicts(id)).toEqual([{ name: wiki.slug, takenBy: undefined }]);
    await restoreFromBin(world, { id: gone.id, ...author });

    const audience = { ...jitsiClient({ audience: 'wiki' }) };
    await save(representClient(audience), { clientId: 'jitsi' });
    expect(await refusal(restore())).toMatchObject({ code: 'input_invalid' });
    await removeClient(world, { slug: wiki.slug, clientId: 'jitsi', actor });
    await restore();
  });

  it('is kept, too, when a file no longer names it', async () => {
    await save();
    const text = `issuers: [{ slug: ${wiki.slug}, useRule: 1 }]`;
    const { file, mistakes } = parseConfigFile(text, '/');
    const deps = { ...world, passwords: { hash: async () => '' } };
    const input = { file, mistakes, mode: 'write', prune: false, actor: CLI } as const;
    await applyConfig(deps, { ...input, publicUrl: new URL('https://auth.example.org') });
    const { items } = await world.stores.bin.list({
      kinds: ['client'],
      now: world.clock.now(),
      limit: 9,
    });
    expect(items.map(({ name }) => name)).toContain(`${wiki.slug} / wiki`);
    expect((await events())[0]?.type).toBe('client.removed');
  });
});

describe('the list of clients', () => {
  it('is searched by every word, and read page by page in order', async () => {
    const names = ['Board wiki', 'Chat', 'Wiki of 100%_staff'];
    for (const [index, name] of names.entries())
      await save({ ...WIKI, name }, { clientId: `c${index}` });
    const { issuer } = await findClient(world.stores, { slug: wiki.slug, clientId: 'c0' });
    const search = async (q: string, after?: string) => {
      const found = await world.stores.clients.search({ issuerId: issuer.id, q, after, limit: 2 });
      return { ...found, names: found.items.map(({ client }) => client.name) };
    };
    const first = await search('');
    expect(first).toMatchObject({ names: names.slice(0, 2), total: { count: 3, more: false } });
    expect(await search('', first.next)).toMatchObject({ names: names.slice(2), next: undefined });
    expect((await search('WIKI board')).names).toEqual(['Board wiki']);
    expect((await search('%_')).names).toEqual([names[2]]);
    expect((await search('c1')).names).toEqual(['Chat']);
    expect(await refusal(search('', 'bogus'))).toMatchObject({ code: 'input_invalid' });
  });
});
