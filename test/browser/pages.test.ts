/**
 * Every page in a real browser: nothing for axe to find, nothing to scroll sideways, nothing the
 * content policy had to stop. `SCREENSHOTS=folder` keeps a picture of each.
 *
 * @module
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import Koa from 'koa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BRANDING } from '../../src/domain/branding.ts';
import { brandStylesheet } from '../../src/http/brand-colors.ts';
import type { PageContexts, PageName } from '../../src/http/page-contexts.ts';
import { createPages } from '../../src/http/pages.ts';
import { believePublicUrl } from '../../src/http/public-origin.ts';
import { securityHeaders } from '../../src/http/security-headers.ts';
import { setSignedIn } from '../../src/http/session.ts';
import { loadAssets } from '../../src/http/static-files.ts';
import { aUser, frozenClock } from '../factories.ts';
import { samplesWith } from '../http/page-samples.ts';
import { csrf } from '../http/server.ts';
import { hasBrowser, launchBrowser } from './support/browser.ts';

const root = path.join(import.meta.dirname, '../..');
const assets = loadAssets(path.join(root, 'public'));
const views = path.join(root, 'views');
const branding = () => ({ ...DEFAULT_BRANDING, name: 'Example University' });
const pages = createPages({ views, assets, csrf, branding, clock: frozenClock });
const samples = samplesWith('staff-weekly');
const signedOut = new Set(
  'login setup error notice app-return upstream-onward upstream-problem'.split(' '),
);
/** The narrowest is the hardest; the other is for the eye. */
const WIDTHS = process.env.SCREENSHOTS ? [320, 375] : [320];
const names = Object.keys(samples) as PageName[];

let server: Server | undefined;
let browser: Browser | undefined;
let origin: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  const app = new Koa();
  believePublicUrl(app, () => new URL(origin));
  app.use(securityHeaders()).use(assets.serve);
  app.use((ctx) => {
    if (ctx.path === '/admin/settings/preview.css') {
      ctx.type = 'css';
      ctx.body = brandStylesheet('#ffee00');
      return;
    }
    const [name, index] = ctx.path.slice(1).split('.') as [PageName, string];
    const user = aUser({ role: 'administrator' });
    if (!signedOut.has(name)) setSignedIn(ctx, { user, session: undefined as never });
    const list = samples[name] as readonly PageContexts[PageName][] | undefined;
    const page = list?.[Number(index)];
    if (page) return pages.show(ctx, name, page);
    // The samples' logo.
    ctx.type = 'svg';
    ctx.body = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** One of each page's samples; of the many errors two tell enough. */
const cases = names.flatMap((name) =>
  samples[name].slice(0, name === 'error' ? 2 : 6).map((_, index) => `${name}.${index}`),
);

interface Reader {
  readonly page: Page;
  /** What the page complained of since it was last asked. */
  readonly heard: string[];
}

/** One for each language, kept from case to case: opening one takes longer than looking. */
const readers = new Map<string, Promise<Reader>>();

async function openReader(locale: string): Promise<Reader> {
  if (!browser) throw new Error('no browser');
  const context = await browser.newContext({ locale });
  const page = await context.newPage();
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(`${page.url()} ${message.text()}`);
  });
  return { page, heard };
}

async function visit(
  address: string,
  scheme: 'dark' | 'light',
  width: number,
  locale = 'en',
): Promise<Page> {
  const opening = readers.get(locale) ?? openReader(locale);
  readers.set(locale, opening);
  const { page, heard } = await opening;
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize({ width, height: 800 });
  heard.length = 0;
  await page.goto(`${origin}/${address}`);
  // What axe adds later to a page is no doing of ours.
  expect(heard.filter((one) => one.startsWith(`${origin}/${address} `))).toEqual([]);
  const folder = process.env.SCREENSHOTS;
  const file = `${address}-${width}-${scheme}.png`;
  if (folder) await page.screenshot({ path: path.join(folder, file), fullPage: true });
  return page;
}

describe.skipIf(!hasBrowser).each(cases)('the page %s', (address) => {
  it.each(['light', 'dark'] as const)('has nothing for axe to find, %s', async (scheme) => {
    const page = await visit(address, scheme, 1280);
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    expect(found).toEqual([]);
  });

  it.each(WIDTHS)('fits %i pixels, with targets a thumb can hit', async (width) => {
    const page = await visit(address, 'light', width, 'de'); // Its words are the longer ones.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const small = await page.evaluate(`
      [...document.querySelectorAll('button, .button, nav a, main a, summary, .check, select, input:not([type=hidden]):not([hidden]):not([type=checkbox])')]
        .filter((each) => each.getBoundingClientRect().height < 43.5)
        .map((each) => each.outerHTML)`);
    expect(small).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a time', () => {
  it('is told as UTC by the server, and in the reader’s own zone by the browser', async () => {
    if (!browser) throw new Error('no browser');
    const titleFor = async (options: { javaScriptEnabled: boolean }) => {
      const zone = { timezoneId: 'Asia/Kolkata', locale: 'en' };
      const context = await browser?.newContext({ ...zone, ...options });
      const page = await context?.newPage();
      await page?.goto(`${origin}/account-activity.1`);
      const title = await page?.locator('time').first().getAttribute('title');
      await context?.close();
      return title;
    };
    expect(await titleFor({ javaScriptEnabled: false })).toMatch(/ UTC$/);
    expect(await titleFor({ javaScriptEnabled: true })).toMatch(/ GMT\+5:30$/);
  });
});
