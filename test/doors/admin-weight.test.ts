/** No page of the administration weighs more than 200 kB on the wire, nor asks another host. */
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { crawl } from '../support/crawl.ts';
import { PASSWORD } from '../support/world.ts';

const LIMIT_BYTES = 200_000;

const app = await testApp();

it('is light, and asks nobody else', { timeout: 120_000 }, async () => {
  await app.addIssuer();
  const root = await app.addUser({ username: 'root', role: 'administrator' });
  await app.givePassword(root);
  for (let nth = 0; nth < 120; nth++) await app.addUser();
  const visitor = app.visitor();
  await visitor.signIn('root', PASSWORD);

  const { pages } = await crawl(visitor, {
    start: ['/admin/issuers'],
    prefix: '/admin',
    limit: 80,
  });
  const html = pages.filter(({ text }) => text.startsWith('<!doctype html>'));
  expect(html.length).toBeGreaterThan(3);
  const weights = new Map<string, number>();
  for (const { path, text } of html) {
    const sources = [...text.matchAll(/<(?:script|link|img)\b[^>]*\s(?:src|href)="([^"]+)"/g)];
    const addresses = sources.map(([, address = '']) => address);
    expect([path, addresses.filter((address) => !/^(\/(?!\/)|data:)/.test(address))]).toEqual([
      path,
      [],
    ]);

    let bytes = brotliCompressSync(text).length;
    for (const address of new Set(addresses)) bytes += await weigh(address);
    expect(bytes, path).toBeLessThan(LIMIT_BYTES);
  }

  async function weigh(address: string): Promise<number> {
    const known = weights.get(address);
    if (known !== undefined) return known;
    const { text } = await visitor.get(address);
    const weight = brotliCompressSync(text).length;
    weights.set(address, weight);
    return weight;
  }
});
