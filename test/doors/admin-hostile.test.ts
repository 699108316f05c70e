/**
 * Hostile text in every field of every form of the administration, then every page once more:
 * text stays text, nothing breaks.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { crawl, type PageForm } from '../support/crawl.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let root: Visitor;

const TEXTS = [
  ['a script', `"><script>alert(1)</script>`],
  ['an attribute', `' onfocus='alert(1)' x='`],
  ['a template', '{{ 1234567 * 10 }}{% raw %}${1234567*10}'],
  ['a formula', '=HYPERLINK("http://evil.example","x")'],
  ['bidi', '\u202eabc\u2066אבג'],
  ['ten kilobytes', 'x'.repeat(10_000)],
  ['NUL', 'a\0b'],
  ['a lone surrogate', 'a%ED%A0%80'],
  ['another site', 'javascript:alert(1)//https://evil.example'],
] as const;

beforeAll(async () => {
  await app.addIssuer();
  await app.addIssuer({ slug: 'partner', serverUrl: undefined });
  const user = await app.addUser({ username: 'root', role: 'administrator', groups: ['staff'] });
  await app.givePassword(user);
  await app.addUser({ username: 'somebody', groups: ['staff', 'guests'] });
  root = app.visitor();
  await root.signIn('root', PASSWORD);
});

const walk = () =>
  crawl(root, { start: ['/admin/issuers', '/admin'], prefix: '/admin', limit: 200 });

/** Files are taken away, never shown: they may hold what a page must not. */
function expectHarmless(text: string): void {
  if (!text.startsWith('<!doctype html>')) return;
  expect(text).not.toMatch(/<script>alert|\sonfocus='alert/);
  expect(text).not.toContain('12345670');
  expect(text).not.toMatch(/\shref="\s*javascript:/i);
}

describe('the administration', () => {
  it('has pages and forms to look at', async () => {
    const { pages, forms } = await walk();
    expect(pages.filter(({ status }) => status === 200).length).toBeGreaterThan(2);
    expect(forms.length).toBeGreaterThan(0);
    expect(pages.filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('takes hostile text anywhere, or refuses it; the pages stay whole', {
    timeout: 240_000,
  }, async () => {
    const { forms } = await walk();
    for (const form of forms.filter((each) => !isDangerous(each)))
      for (const [what, text] of TEXTS) {
        const answer = await fill(form, text);
        const where = `${form.method} ${form.action} with ${what}`;
        expect(answer.status, where).toBeLessThan(500);
        expectHarmless(answer.text);
      }
    const { pages } = await walk();
    expect(pages.length).toBeGreaterThan(2);
    for (const { path, status, text } of pages) {
      expect(status, path).toBeLessThan(500);
      expectHarmless(text);
    }
  });
});

/** What would sign us out or take away our own rights is tried elsewhere. */
function isDangerous({ action }: PageForm): boolean {
  return !action.startsWith('/admin');
}

/** Every field, but for those that say which thing is meant. */
async function fill(form: PageForm, text: string) {
  const kept = /(^id$|etag|returnTo|^action$)/;
  const fields = Object.fromEntries(
    Object.entries(form.fields).map(([name, value]) => [name, kept.test(name) ? value : text]),
  );
  if (form.method === 'POST') return root.submit(form.action, fields, { page: form.page });
  const url = new URL(form.action, 'http://x');
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  return root.get(url.pathname + url.search);
}
