/**
 * What an operator does with the screens alone: a second Jitsi server, a rule for some of its
 * rooms, somebody who is refused, why, and what is to be done about it; a new key; the whole
 * configuration as a file.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDockerEnv } from '../../src/demo/docker-env.ts';
import { fetchKey } from '../../src/demo/inspect.ts';
import { type RunningStandIn, startStandIn } from '../../src/demo/jitsi-stand-in.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type BrowserUser, expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { startNewServer } from './support/new-server.ts';
import type { Program } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();
const PASSWORD = 'a long walk along the river';
const clock = { now: () => new Date() };

let program: Program;
let jitsi: RunningStandIn | undefined;
let roomkey: string;
let jitsiUrl: string;
let operator: BrowserUser;
let grace: BrowserUser;
let inviteLink: string;
let reference: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  const server = await startNewServer(scratch);
  ({ program, roomkey } = server);
  jitsiUrl = `http://localhost:${server.freePort}`;
  operator = await openBrowser({ acceptDownloads: true });
  grace = await openBrowser();
  const { page } = operator;
  await page.goto(server.setupLink);
  await page.locator('#name').fill('Ada Lovelace');
  await page.locator('#email').fill('ada@example.org');
  await page.locator('#password').fill(PASSWORD);
  await send(page);
});

afterAll(async () => {
  await jitsi?.stop();
  await program?.end();
});

/** The one button of a page's form that matters. */
async function send(page: Page): Promise<void> {
  await page.locator('main form button.primary').last().click();
}

/** Into the editor that stands for the field of that name. */
async function writeRule(page: Page, name: string, text: string): Promise<void> {
  await page.locator(`.field:has(textarea[name="${name}"]) .cm-content`).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

/** What Jitsi's server says of whoever comes with a token. */
async function enter(page: Page, room: string): Promise<void> {
  await page.goto(`${jitsiUrl}/${room}`);
  await page.locator('#sign-in').click();
}

describe.skipIf(!hasBrowser)('an operator', () => {
  it('sets up a second Jitsi server', async () => {
    const { page } = operator;
    await page.goto(`${roomkey}/admin/issuers/new`);
    await page.locator('#name').fill('Partner meetings');
    await page.locator('#slug').fill('partner');
    await page.locator('#serverUrl').fill(jitsiUrl);
    await send(page);
    await page.waitForURL(/\/admin\/issuers\/partner/);
    await page.goto(`${roomkey}/admin/issuers/partner/integration`);
    await expectGoodLooks(page);
    const lines = (await page.locator('.guide-file pre').allTextContents()).join('\n');
    const setup = readDockerEnv(lines);
    jitsi = await startStandIn({ name: 'Partner', setup }, Number(new URL(jitsiUrl).port), {
      clock,
      fetchKey,
    });
  });

  it('lets only some into some of its rooms', async () => {
    const { page } = operator;
    await page.goto(`${roomkey}/admin/issuers/partner/rooms/policy`);
    await page.locator('#match').fill('staff-*');
    await writeRule(page, 'useRule', `inGroup('staff')`);
    await send(page);
    await page.waitForURL(/\/admin\/issuers\/partner\/rooms/);
    await expectGoodLooks(page);
    expect(await page.locator('main').textContent()).toContain('staff-*');
  });

  it('invites somebody, who chooses a password', async () => {
    const { page } = operator;
    await page.goto(`${roomkey}/admin/users/new`);
    await page.locator('#username').fill('grace');
    await page.locator('#displayName').fill('Grace Hopper');
    await send(page);
    await page.waitForURL(/\/admin\/users\/[\da-f-]{36}/);
    await page.locator('form[action$="/invite"] button').click();
    await page.locator('.copy code').waitFor();
    inviteLink = (await page.locator('.copy code').textContent()) ?? '';
    expect(inviteLink).toMatch(/^http:\/\/localhost:\d+\/password\//);

    await grace.page.goto(inviteLink);
    await grace.page.locator('#password').fill(`${PASSWORD} twice`);
    await send(grace.page);
    await grace.page.locator('main h1').waitFor();
  });

  it('sees why she is refused, from the reference on her page', async () => {
    await enter(grace.page, 'staff-weekly');
    await grace.page.waitForURL(`${roomkey}/login?**`);
    await grace.page.locator('#username').fill('grace');
    await grace.page.locator('#password').fill(`${PASSWORD} twice`);
    await send(grace.page);
    await grace.page.locator('.reference code').waitFor();
    reference = (await grace.page.locator('.reference code').textContent()) ?? '';

    const { page } = operator;
    await page.goto(`${roomkey}/admin/explain`);
    await page.locator('#reference').fill(reference);
    await send(page);
    const told = (await page.locator('main').textContent()) ?? '';
    expect(told).toContain('grace');
    expect(told).toContain('staff-weekly');
    expect(told).toContain(`inGroup('staff')`);
    await expectGoodLooks(page);
  });

  it('puts her into the group, and in she goes', async () => {
    const { page } = operator;
    await page.goto(`${roomkey}/admin/groups`);
    await page.locator('form[action="/admin/groups/new"] #name').fill('staff');
    await page.locator('form[action="/admin/groups/new"] button').click();
    await page.waitForURL(/\/admin\/groups/);
    await page.goto(`${roomkey}/admin/users?q=grace`);
    await page.locator('tbody th a').first().click();
    await page.locator('a[href$="/edit"]').first().click();
    await page.locator('#groups').fill('staff');
    await send(page);
    await page.waitForURL(/\/admin\/users\/[\da-f-]{36}(\?|$)/);

    await enter(grace.page, 'staff-weekly');
    await grace.page.waitForURL(`${jitsiUrl}/staff-weekly?jwt=**`);
    expect(await grace.page.locator('.verdict').textContent()).toContain('Accepted. Grace Hopper');
  });

  it('takes a new key into use, and the rooms stay open', async () => {
    const { page } = operator;
    await page.goto(`${roomkey}/admin/issuers/partner/keys`);
    const rotate = page.locator('form[action$="/keys/rotate"]');
    await rotate.locator('input[name="force"]').check();
    await rotate.locator('button').click();
    await page.waitForURL(/\/keys\?done=/);
    await expectGoodLooks(page);

    await enter(grace.page, 'staff-weekly');
    await grace.page.waitForURL(`${jitsiUrl}/staff-weekly?jwt=**`);
    expect(await grace.page.locator('.verdict').textContent()).toContain('Accepted. Grace Hopper');
  });

  it('takes the whole configuration away as a file', async () => {
    const { page, complaints } = operator;
    await page.goto(`${roomkey}/admin/export`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('a[download]').click(),
    ]);
    const file = parse(await readFile((await download.path()) ?? '', 'utf8'));
    expect(file.issuers.map(({ slug }: { slug: string }) => slug)).toEqual(['main', 'partner']);
    expect(file.issuers[1].rooms).toEqual([{ match: 'staff-*', useRule: `inGroup('staff')` }]);
    expect(complaints()).toEqual([]);
  });
});
