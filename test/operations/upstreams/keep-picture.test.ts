import { beforeEach, describe, expect, it } from 'vitest';
import type { PictureReach } from '../../../src/domain/fetched.ts';
import { admit, compiledOf } from '../../../src/operations/upstreams/admit.ts';
import { applyPeople, planPeople } from '../../../src/operations/upstreams/sync-people.ts';
import { BY_CLI } from '../../../src/operations/actor.ts';
import { disableUser } from '../../../src/operations/disable-user.ts';
import { removeUser } from '../../../src/operations/people/remove-user.ts';
import { linkIdentity, unlinkIdentity } from '../../../src/operations/upstreams/links.ts';
import { removeUpstream } from '../../../src/operations/upstreams/remove-upstream.ts';
import {
  type SaveUpstreamDeps,
  saveUpstream,
} from '../../../src/operations/upstreams/save-upstream.ts';
import { anAssertion, anLdapUpstream, NOW } from '../../factories.ts';
import { signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, saying, upstreamGround, word } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores } = ground;
const { anAccount, anUpstream, clear } = upstreamGround(ground);

beforeEach(clear);

const REQUEST = { ip: undefined, requestId: undefined };
const ONE = Buffer.from('GIF89a one');
const TWO = Buffer.from('GIF89a two');
const STORED = {
  avatars: 'store',
  mapping: { avatar: "claims.?picture.orValue('')" },
} as const;
const SHOWN = /^https:\/\/auth\.example\.org\/avatars\/([\w-]{43})$/;

function fetching(answers: (Uint8Array | undefined)[]) {
  const asked: [string, PictureReach][] = [];
  const deps = {
    ...signInDeps(ground),
    fetchPicture: async ({ href }: URL, reach: PictureReach) => {
      asked.push([href, reach]);
      return answers[Math.min(asked.length, answers.length) - 1];
    },
  };
  return { deps, asked };
}

const picture = (address: string) => saying({ picture: address });
const addressOf = (url: string | undefined) => SHOWN.exec(url ?? '')?.[1] ?? '';

describe('a picture that is kept', () => {
  it('is shown at an address of ours, and fetched once a day', async () => {
    const upstream = await anUpstream(STORED);
    const { deps, asked } = fetching([ONE]);
    const input = word(upstream, picture('https://pictures.example/grace'));
    const { user } = await admit(deps, input);
    const address = addressOf(user.avatarUrl);
    expect(await stores.avatars.findPicture(address)).toEqual({ type: 'image/gif', bytes: ONE });

    expect((await admit(deps, input)).user.avatarUrl).toBe(user.avatarUrl);
    expect(asked).toEqual([['https://pictures.example/grace', 'public']]);
    deps.clock.advance(25 * 3600);
    expect((await admit(deps, input)).user.avatarUrl).toBe(user.avatarUrl);
    expect(asked).toHaveLength(2);
  });

  it('has another address when it is another one, and the old one shows nothing', async () => {
    const upstream = await anUpstream(STORED);
    const { deps } = fetching([ONE, TWO]);
    const first = await admit(deps, word(upstream, picture('https://pictures.example/1')));
    const second = await admit(deps, word(upstream, picture('https://pictures.example/2')));
    const [old, now] = [addressOf(first.user.avatarUrl), addressOf(second.user.avatarUrl)];
    expect(now).not.toBe(old);
    expect(await stores.avatars.findPicture(old)).toBeUndefined();
    expect((await stores.avatars.findPicture(now))?.bytes).toEqual(TWO);
  });

  it.each([
    ['nothing', undefined],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['more than a megabyte', Buffer.concat([ONE, Buffer.alloc(1024 * 1024)])],
  ])('is none when %s comes, and nobody is kept out by that', async (_what, answer) => {
    const upstream = await anUpstream(STORED);
    const { deps } = fetching([answer]);
    const { user } = await admit(deps, word(upstream, picture('https://pictures.example/1')));
    expect(user.avatarUrl).toBeUndefined();
  });

  it('stays when the next one cannot be had, and goes when the upstream has none', async () => {
    const upstream = await anUpstream(STORED);
    const { deps } = fetching([ONE, undefined]);
    const first = await admit(deps, word(upstream, picture('https://pictures.example/1')));
    const second = await admit(deps, word(upstream, picture('https://pictures.example/2')));
    expect(second.user.avatarUrl).toBe(first.user.avatarUrl);
    expect((await admit(deps, word(upstream, saying({})))).user.avatarUrl).toBeUndefined();
    expect(await stores.avatars.findPicture(addressOf(first.user.avatarUrl))).toBeUndefined();
  });

  it('is looked for inside our own network only where the upstream is', async () => {
    const upstream = await anUpstream(STORED);
    const { deps, asked } = fetching([ONE]);
    await admit(deps, word(upstream, picture('https://id.example.com/me.png')));
    await admit(deps, word(upstream, picture('https://id.example.com:8443/me.png')));
    expect(asked.map(([, reach]) => reach)).toEqual(['network', 'public']);
  });

  it('is not looked for when the person is not let in', async () => {
    const upstream = await anUpstream({ ...STORED, createRule: '0' });
    const { deps, asked } = fetching([ONE]);
    const input = word(upstream, picture('https://pictures.example/1'));
    expect(await codeOf(admit(deps, input))).toBe('upstream_not_admitted');
    expect(asked).toEqual([]);
  });

  it('is an attribute of a directory', async () => {
    const upstream = anLdapUpstream({ pictureAttribute: 'jpegPhoto' });
    await stores.upstreams.add(upstream, { secret: undefined, privateKey: undefined }, NOW);
    const { deps, asked } = fetching([]);
    const claims = { uid: 'grace' };
    const input = word(upstream, { assertion: anAssertion({ claims, picture: ONE }) });
    const { user } = await admit(deps, input);
    expect((await stores.avatars.findPicture(addressOf(user.avatarUrl)))?.bytes).toEqual(ONE);
    expect(asked).toEqual([]);
    expect((await admit(deps, input)).user.avatarUrl).toBe(user.avatarUrl);
    const without = word(upstream, { assertion: anAssertion({ claims }) });
    expect((await admit(deps, without)).user.avatarUrl).toBeUndefined();
    expect(await stores.avatars.findPicture(addressOf(user.avatarUrl))).toBeUndefined();
  });

  it('is not looked for when the person has an account of their own, or may not sign in', async () => {
    const upstream = await anUpstream({ ...STORED, trusted: true });
    const { deps, asked } = fetching([ONE]);
    const claims = { email: 'ada@example.org', picture: 'https://pictures.example/1' };
    const own = { email: 'ada@example.org', avatarUrl: 'https://x.example/own' };
    const ada = await anAccount(own);
    await linkIdentity(deps, { userId: ada.id, upstream, ...saying(claims), ...REQUEST });
    const { user } = await admit(deps, word(upstream, saying(claims)));
    expect([user.id, user.avatarUrl, asked]).toEqual([ada.id, own.avatarUrl, []]);
    await disableUser(deps, { who: { id: ada.id }, ...BY_CLI });
    expect(await codeOf(admit(deps, word(upstream, saying(claims))))).toBe('upstream_not_admitted');
    expect(asked).toEqual([]);
  });

  it('goes with its person', async () => {
    const upstream = await anUpstream(STORED);
    const { deps } = fetching([ONE]);
    const { user } = await admit(deps, word(upstream, picture('https://pictures.example/1')));
    await removeUser(deps, { who: { id: user.id }, ...BY_CLI });
    expect(await stores.avatars.findPicture(addressOf(user.avatarUrl))).toBeUndefined();
  });

  it.each([
    [
      'the upstream keeps none any more',
      (deps: SaveUpstreamDeps) =>
        saveUpstream(deps, {
          slug: 'company',
          fields: { avatars: null },
          how: 'change',
          ...BY_CLI,
        }),
    ],
    [
      'the upstream is removed',
      (deps: SaveUpstreamDeps) => removeUpstream(deps, { slug: 'company', ...BY_CLI }),
    ],
  ])('goes when %s, and nobody is shown by its address', async (_why, change) => {
    const upstream = await anUpstream(STORED);
    const { deps } = fetching([ONE]);
    const { user } = await admit(deps, word(upstream, picture('https://pictures.example/1')));
    const other = await anAccount({ username: 'other', avatarUrl: 'https://x.example/own' });
    await change(deps);
    expect(await stores.avatars.findPicture(addressOf(user.avatarUrl))).toBeUndefined();
    expect((await stores.users.findById(user.id))?.avatarUrl).toBeUndefined();
    expect((await stores.users.findById(other.id))?.avatarUrl).toBe('https://x.example/own');
  });

  it('goes with the link', async () => {
    const upstream = await anUpstream(STORED);
    const { deps } = fetching([ONE]);
    const { user } = await admit(deps, word(upstream, picture('https://pictures.example/1')));
    await unlinkIdentity(deps, { who: { id: user.id }, upstream: 'company', ...BY_CLI });
    expect(await stores.avatars.findPicture(addressOf(user.avatarUrl))).toBeUndefined();
    expect((await stores.users.findById(user.id))?.avatarUrl).toBeUndefined();
  });

  it('comes and goes with a sync, which fetches nothing', async () => {
    const upstream = anLdapUpstream({ pictureAttribute: 'jpegPhoto', mapping: STORED.mapping });
    await stores.upstreams.add(upstream, { secret: undefined, privateKey: undefined }, NOW);
    const { deps, asked } = fetching([ONE]);
    const shown = async () => {
      const user = (await stores.users.findByLoginName('grace'))?.user;
      const found = await stores.avatars.findPicture(addressOf(user?.avatarUrl));
      return found && [user?.avatarUrl, found.bytes.toString()];
    };
    const input = (bytes: Uint8Array | undefined, claims: object = {}) => ({
      compiled: compiledOf(upstream),
      people: [anAssertion({ claims: { uid: 'grace', ...claims }, picture: bytes })],
      actor: BY_CLI.actor,
    });
    const sync = async (...what: Parameters<typeof input>) =>
      (await applyPeople(deps, input(...what))).map(({ outcome }) => outcome);

    expect(await sync(ONE)).toEqual(['created']);
    const first = await shown();
    expect(first).toEqual([expect.stringMatching(SHOWN), 'GIF89a one']);
    expect(await sync(ONE)).toEqual(['same']);
    expect(await planPeople(deps, input(TWO))).toMatchObject([{ outcome: 'changed' }]);
    expect(await shown()).toEqual(first);
    expect(await sync(TWO)).toEqual(['changed']);
    expect(await shown()).toEqual([expect.not.stringMatching(first?.[0] ?? ''), 'GIF89a two']);
    expect(await sync(undefined)).toEqual(['changed']);
    expect(await shown()).toBeUndefined();
    expect(await ground.database.knex('avatars').select()).toEqual([]);
    expect(asked).toEqual([]);
  });
});
