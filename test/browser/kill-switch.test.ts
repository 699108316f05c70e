/**
 * The kill switch, by the screens alone: stop rooms, see somebody refused, find the refusal by its
 * reference id, lift the stop.
 */
import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { startNewServer } from './support/new-server.ts';
import type { Program } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();
const PASSWORD = 'a long walk along the river';

let program: Program;
let jitsi: Server;
let roomkey: string;
let meetings: string;
let setupLink: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  const server = await startNewServer(scratch);
  ({ program, roomkey, setupLink } = server);
  meetings = `http://localhost:${server.freePort}`;
  jitsi = createServer((_, response) => response.end('<title>A meeting</title>'));
  jitsi.listen(server.freePort, '127.0.0.1');
});

afterAll(async () => {
  jitsi?.close();
  await program?.end();
});

describe.skipIf(!hasBrowser)('the kill switch', () => {
  it('is found, thrown, seen, explained by its reference id, and lifted', async () => {
    const { page, complaints, leave } = await openBrowser();
    await setUp(page);
    const room = `${roomkey}/jitsi/login?room=Stand-Up`;
    await page.goto(room);
    expect(page.url()).toContain(`${meetings}/Stand-Up?jwt=`);

    await page.goto(`${roomkey}/admin`);
    await expectGoodLooks(page);
    await page.getByRole('link', { name: 'Stops', exact: true }).click();
    await page.getByRole('link', { name: 'Stop tokens now' }).click();
    await page.locator('#room').fill('Stand-*');
    await page.getByRole('button', { name: 'Stop now' }).click();
    // The browser itself asks for the reason; without an issuer the server does.
    await page.locator('#reason').fill('Uninvited guests');
    await page.getByRole('button', { name: 'Stop now' }).click();
    await page.locator('#user-fault').waitFor();
    expect(await page.locator('#room').inputValue()).toBe('Stand-*');
    complaints(); // The browser's own word for the 400.
    await page.locator('#issuer').selectOption('main');
    await page.getByRole('button', { name: 'Stop now' }).click();

    await page.waitForURL(/\/admin\/stops\/[\w-]+\?done=stopped/);
    const stop = page.url().replace(/\?.*/, '');
    expect(await page.locator('.mind').textContent()).toContain('One token is still out');
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);

    await page.goto(room);
    expect(await page.locator('main').textContent()).toContain('an administrator has stopped it');
    const reference = (await page.locator('.reference code').textContent()) ?? '';
    complaints(); // The browser's own word for the 403.

    await page.goto(`${roomkey}/admin/audit`);
    await page.locator('#q').fill(reference);
    await page.locator('#q').press('Enter');
    await page.getByRole('link', { name: 'Turned away from a room' }).click();
    expect(await page.locator('main').textContent()).toContain('tokens_stopped');
    await expectGoodLooks(page);

    await page.goto(stop);
    await page.getByRole('button', { name: 'Lift this stop' }).click();
    await page.waitForURL(/done=lifted/);
    await page.goto(room);
    expect(page.url()).toContain(`${meetings}/Stand-Up?jwt=`);
    await page.goto(`${roomkey}/admin/audit?type=stop`);
    const listed = await page.locator('tbody th').allTextContents();
    expect(listed.map((text) => text.trim())).toEqual(['Tokens allowed again', 'Tokens stopped']);
    expect(complaints()).toEqual([]);
    await leave();
  });
});

async function setUp(page: Page): Promise<void> {
  await page.goto(setupLink);
  await page.locator('#name').fill('Ada Lovelace');
  await page.locator('#email').fill('ada@example.org');
  await page.locator('#jitsiUrl').fill(meetings);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main button.primary').click();
  await page.waitForURL(/\/admin\/issuers\/main\/integration/);
}
