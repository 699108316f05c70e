import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminRouteTable } from '../../src/doors/admin-ui/routes.ts';

const root = path.join(import.meta.dirname, '../..');

function read(folder: string, ending: string): string {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'))
    .join('\n');
}

const templates = read('views', '.njk');
const sources = read('src', '.ts');

/** The administration's addresses are data; no handler runs here, so none needs anything. */
const table = adminRouteTable({} as never);

function answers(method: 'get' | 'post', address: string): boolean {
  const named = [...sources.matchAll(new RegExp(`\\.${method}\\(\\s*'(/[^']*)'`, 'g'))];
  const listed = table.filter((route) => route.method.toLowerCase() === method);
  const routes = [...named.map(([, route = '']) => route), ...listed.map(({ path }) => path)];
  return routes.some((route) =>
    new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`).test(address.replace(/[?#].*$/, '')),
  );
}

describe('the templates', () => {
  it.each([
    ['get', /href="(\/[^"{]*)"/g],
    ['post', /method="post" action="(\/[^"{]*)"/g],
  ] as const)('lead only where a door answers: %s', (method, pattern) => {
    const addresses = [...templates.matchAll(pattern)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThan(4);
    expect(addresses.filter((address) => !answers(method, address))).toEqual([]);
  });
});
