/**
 * Chromium, and pages that keep account of what went wrong in them.
 *
 * `CHROMIUM` names another binary than Debian's. Nothing is downloaded, and nothing called home.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(CHROMIUM);

export interface BrowserUser {
  readonly page: Page;
  /** Errors of scripts, of the content policy and of what failed to load, since the last look. */
  readonly complaints: () => readonly string[];
  readonly leave: () => Promise<void>;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Must be called where hooks may be. Gives a function that opens a browser of somebody's own. */
export function useBrowser(): (options?: BrowserContextOptions) => Promise<BrowserUser> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!hasBrowser) return;
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  return async (options = {}) => {
    if (!browser) throw new Error('no browser');
    const context = await browser.newContext({ locale: 'en-US', ...options });
    const page = await context.newPage();
    const heard: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') heard.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => heard.push(error.message));
    return { page, complaints: () => heard.splice(0), leave: () => context.close() };
  };
}

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1280, 375].map((width) => ({ colorScheme, width })),
);

/** Nothing for axe to find and nothing to scroll sideways: light and dark, wide and narrow. */
export async function expectGoodLooks(page: Page): Promise<void> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 };
  for (const { colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const where = `${page.url()} ${colorScheme} ${width}`;
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    expect(found, where).toEqual([]);
    const scrollWidth = await page.evaluate('document.documentElement.scrollWidth');
    expect(scrollWidth, where).toBeLessThanOrEqual(width);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}
