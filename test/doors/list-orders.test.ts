import { beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let key: string;
let root: Visitor;
beforeAll(async () => {
  await app.addIssuer();
  await app.addIssuer({ slug: 'zoo', name: 'Animals', createdAt: new Date('2030-01-01') });
  const user = await app.addUser({ username: 'root', role: 'administrator' });
  await app.givePassword(user);
  root = app.visitor();
  await root.signIn('root', PASSWORD);
  key = await app.apiKey(PERMISSIONS);
});

describe('lists', () => {
  it.each([
    ['slug', ['main', 'zoo']],
    ['name', ['zoo', 'main']],
    ['created', ['zoo', 'main']],
  ])('of issuers are ordered by %s', async (sort, slugs) => {
    const { json } = await app.api('GET', `/api/v1/issuers?sort=${sort}`, { key });
    expect(json.items.map(({ slug }: { slug: string }) => slug)).toEqual(slugs);
    const { text } = await root.get(`/admin/issuers?sort=${sort}`);
    const shown = [...text.matchAll(/<a href="\/admin\/issuers\/(main|zoo)"/g)].map(
      ([, slug]) => slug,
    );
    expect(shown).toEqual(slugs);
  });

  it.each(['issuers/main/clients', 'api-keys', 'stops', 'bin'])(
    'of %s have the order by name in their address, and no other than their own',
    async (path) => {
      for (const [sort, status] of [
        ['name', 200],
        ['password', 400],
      ] as const) {
        expect((await root.get(`/admin/${path}?q=x&sort=${sort}`)).status).toBe(status);
        const answer = await app.api('GET', `/api/v1/${path}?q=x&sort=${sort}`, { key });
        expect(answer.status).toBe(status);
      }
      const { text } = await root.get(`/admin/${path}?q=x&sort=name`);
      expect(text).toContain('<option value="name" selected>');
    },
  );
});
