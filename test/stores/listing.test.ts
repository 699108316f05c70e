import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/domain/client.ts';
import type { Page } from '../../src/stores/page.ts';
import { anIssuer, aUser, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores } = await testStores();
const NAMES = ['Échec', 'alpha', 'Beta', 'beta', 'gamma'];
const issuerId = randomUUID();
const WIKI: Omit<Client, 'clientId' | 'name'> = {
  kind: 'oidc',
  auth: 'none',
  redirectUris: ['https://wiki.example.org/cb'],
  postLogoutRedirectUris: [],
  webOrigins: undefined,
  scopes: ['openid'],
  firstParty: true,
  audience: undefined,
  anyRoom: false,
  tokenTtlSeconds: undefined,
  refreshTtlSeconds: undefined,
  jwks: undefined,
  backchannelLogoutUri: undefined,
};
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const maker = aUser({ id: randomUUID(), username: 'maker', email: undefined, groups: [] });

beforeAll(async () => {
  await stores.users.add(maker, NOW);
  const clients = NAMES.map((name, nth) => ({ ...WIKI, clientId: `c${nth}`, name }));
  await stores.issuers.add(anIssuer({ id: issuerId, clients }), undefined, NOW);
  for (const [nth, name] of NAMES.entries()) {
    const at = minutes(Math.min(nth, 3));
    const id = randomUUID();
    await stores.apiKeys.add(
      {
        id,
        name,
        scopes: [],
        createdBy: maker.id,
        createdAt: at,
        expiresAt: undefined,
        lastUsedAt: undefined,
        revokedAt: undefined,
      },
      Buffer.from(id),
    );
    await stores.tokenStops.add(
      {
        id,
        subject: { kind: 'room', issuerId, pattern: name },
        name: 'main',
        reason: 'noise',
        createdAt: at,
        createdBy: 'maker',
        endsAt: undefined,
        liftedAt: undefined,
        liftedBy: undefined,
      },
      undefined,
    );
    const policy = { match: name };
    await stores.bin.keepPolicy(
      {
        id,
        kind: 'room_policy',
        objectId: issuerId,
        name,
        removedAt: at,
        removedById: undefined,
        removedByName: 'maker',
        expiresAt: minutes(99),
      },
      { issuer: 'main', policy, order: [name] },
    );
  }
});

interface Asked {
  readonly q?: string;
  readonly sort?: 'name';
  readonly after?: string | undefined;
  readonly limit: number;
}
type Listing = (asked: Asked) => Promise<Page<string> & { total: { count: number } }>;

const LISTS: readonly (readonly [string, Listing])[] = [
  [
    'API keys',
    async (asked) => {
      const found = await stores.apiKeys.list(asked);
      return { ...found, items: found.items.map(({ key }) => key.name) };
    },
  ],
  [
    'stops',
    async (asked) => {
      const found = await stores.tokenStops.list(asked);
      const items = found.items.map(({ subject }) =>
        subject.kind === 'room' ? subject.pattern : '',
      );
      return { ...found, items };
    },
  ],
  [
    'the bin',
    async (asked) => {
      const found = await stores.bin.list({ kinds: ['room_policy'], now: NOW, ...asked });
      return { ...found, items: found.items.map(({ name }) => name) };
    },
  ],
  [
    'clients',
    async (asked) => {
      const found = await stores.clients.search({ issuerId, ...asked });
      return { ...found, items: found.items.map(({ client }) => client.name) };
    },
  ],
];

async function pages(list: Listing, asked: Omit<Asked, 'limit'> = {}): Promise<string[]> {
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await list({ ...asked, after, limit: 2 });
    seen.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return seen;
}

describe.each(LISTS)('the list of %s', (name, list) => {
  it('is read page by page in each order, each thing once', async () => {
    const all = await pages(list, { sort: 'name' });
    expect(all.map((one) => one.toLowerCase()).filter((one) => one !== 'échec')).toEqual([
      'alpha',
      'beta',
      'beta',
      'gamma',
    ]);
    expect(all.toSorted()).toEqual(NAMES.toSorted());

    const usual = await pages(list);
    if (name === 'clients') expect(usual).toEqual(NAMES);
    else expect(usual.slice(2)).toEqual(['Beta', 'alpha', 'Échec']);
    expect(usual.toSorted()).toEqual(NAMES.toSorted());
  });

  it('is searched, and counted whole', async () => {
    expect(await pages(list, { q: 'BET' })).toHaveLength(2);
    expect((await list({ q: 'bet', limit: 1 })).total).toEqual({ count: 2, more: false });
    expect((await list({ q: 'bet nothing', limit: 1 })).items).toEqual([]);
  });

  it('refuses a cursor of another order', async () => {
    const { next } = await list({ limit: 2, sort: 'name' });
    await expect(list({ limit: 2, after: next })).rejects.toMatchObject({ code: 'input_invalid' });
  });
});
