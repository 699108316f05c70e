/**
 * People, by the screens alone and without JavaScript: import ten thousand, find one of them, let
 * them choose a password by their link, remove them and put them back.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { startNewServer } from './support/new-server.ts';
import type { Program } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();
const PASSWORD = 'a long walk along the river';
const NEXT = 'seven herons over the old mill';
const PEOPLE = 10_000;

let program: Program;
let roomkey: string;
let setupLink: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  ({ program, roomkey, setupLink } = await startNewServer(scratch));
});

afterAll(() => program?.end());

describe.skipIf(!hasBrowser)('people', () => {
  it('come by thousands, are found, removed and put back', { timeout: 900_000 }, async () => {
    const { page, leave } = await openBrowser({ javaScriptEnabled: false });
    await setUp(page);
    await importPeople(page);

    await page.goto(`${roomkey}/admin/users`);
    await page.locator('#q').fill('pers grace');
    await page.locator('#q').press('Enter');
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('link', { name: 'person-7777' }).click();
    const address = page.url();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = (await page.locator('pre code').textContent()) ?? '';
    await choosePassword(link);

    await page.goto(address);
    await page.locator('.removal summary').click();
    await page.getByRole('button', { name: 'Move to the bin' }).click();
    await page.waitForURL(/\/admin\/users\?done=removed/);
    await page.getByRole('link', { name: 'Bin', exact: true }).click();
    await page.getByRole('button', { name: 'Put person-7777 back' }).click();
    await page.waitForURL(/\/admin\/bin\?done=restored/);
    await page.goto(address);
    expect(await page.locator('h1').textContent()).toContain('person-7777');
    await signInAs('person-7777', NEXT);
    await leave();
  });

  it('look good', { timeout: 300_000 }, async () => {
    const { page, complaints, leave } = await openBrowser();
    await signIn(page, 'root@example.org', PASSWORD);
    for (const place of ['/admin/users', '/admin/groups', '/admin/bin', '/admin/imports']) {
      await page.goto(roomkey + place);
      await expectGoodLooks(page);
    }
    await page.goto(`${roomkey}/admin/users?sort=-created`);
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    expect(await page.locator('tbody input:checked').count()).toBe(50);
    await page.locator('tbody th a').first().click();
    await expectGoodLooks(page);
    await page.getByRole('link', { name: 'Edit' }).click();
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
    await leave();
  });
});

async function setUp(page: Page): Promise<void> {
  await page.goto(setupLink);
  await page.locator('#name').fill('Root');
  await page.locator('#email').fill('root@example.org');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button.primary').click();
  await page.waitForURL(/integration/);
}

async function importPeople(page: Page): Promise<void> {
  const rows = Array.from({ length: PEOPLE }, (_, nth) => {
    const name = nth === 7777 ? 'Grace Hopper' : `Somebody ${nth}`;
    return `person-${nth},${name},person-${nth}@example.org,Everybody`;
  });
  const text = ['username,displayName,email,groups', ...rows, 'wrong,,nonsense,'].join('\r\n');
  await page.goto(`${roomkey}/admin/users`);
  await page.getByRole('link', { name: 'Import' }).click();
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.locator('#file').setInputFiles(file);
  await page.locator('#groups').selectOption('make');
  await page.getByRole('button', { name: 'Check the file' }).click();

  // The page looks again by itself.
  const start = page.getByRole('button', { name: 'Start the import' });
  await start.waitFor({ timeout: 300_000 });
  expect(await page.locator('main').textContent()).toContain('would be added');
  await page.locator('#outcome').selectOption('error');
  await page.getByRole('button', { name: 'Show' }).click();
  expect(await page.locator('tbody').textContent()).toContain('email must be an e-mail address');
  await start.click();
  await page.getByText('What each row did stays here').waitFor({ timeout: 600_000 });
  expect(await page.locator('main').textContent()).toContain('10,001 of 10,001 rows');
}

async function choosePassword(link: string): Promise<void> {
  const { page, leave } = await openBrowser({ javaScriptEnabled: false });
  await page.goto(link);
  await page.locator('#password').fill(NEXT);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await leave();
  await signInAs('person-7777', NEXT);
}

async function signInAs(username: string, password: string): Promise<void> {
  const { page, leave } = await openBrowser({ javaScriptEnabled: false });
  await signIn(page, username, password);
  await leave();
}

async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.goto(`${roomkey}/login`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.locator('main form button.primary').click();
  await page.waitForURL(`${roomkey}/`);
}
