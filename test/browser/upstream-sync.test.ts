/**
 * An LDAP directory by the screens alone, without JavaScript: connected, tried, people brought up to
 * date, and shut out only after somebody saw who.
 *
 * @module
 */
import { expect, it, beforeAll, afterAll } from 'vitest';
import type { Page } from 'playwright-core';
import { groupLdif, PEOPLE, personDn, personLdif } from '../directory/ground.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { BASE_DN, describeWithSlapd, SERVICE, type Slapd, startSlapd } from '../support/slapd.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { startNewServer } from './support/new-server.ts';
import type { Program } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();
const TEAM = ['ada', 'bob', 'cyd', 'dan'];
const ROOT_PASSWORD = 'a long walk along the river';

describeWithSlapd('an administrator with a directory', () => {
  let slapd: Slapd;
  let program: Program | undefined;
  let roomkey: string;
  let setupLink: string;

  beforeAll(async () => {
    if (!hasBrowser) return;
    const people = TEAM.map((uid) => personLdif({ uid }));
    slapd = await startSlapd([...people, groupLdif('crew', TEAM.map(personDn))].join('\n'));
    ({ program, roomkey, setupLink } = await startNewServer(scratch, { ALLOW_LOOPBACK: '1' }));
  });
  afterAll(async () => {
    await program?.end();
  });

  const end = (page: Page) => page.locator('h1 .role').textContent();
  /** The page looks again by itself. */
  const isOver = (page: Page) =>
    expect.poll(() => end(page), { timeout: 30_000 }).toMatch(/done|failed|nobody shut out/);

  it.skipIf(!hasBrowser)('tries it, does it, and confirms who is shut out', async () => {
    const { page, complaints, leave } = await openBrowser({ javaScriptEnabled: false });
    await page.goto(setupLink);
    await page.locator('#name').fill('Root');
    await page.locator('#email').fill('root@example.org');
    await page.locator('#jitsiUrl').fill('https://meet.example.org');
    await page.locator('#password').fill(ROOT_PASSWORD);
    await page.locator('main button.primary').click();

    await page.goto(`${roomkey}/admin/upstreams/new?type=ldap`);
    await page.locator('#slug').fill('company');
    await page.locator('#urls').fill(`ldap://127.0.0.1:${slapd.port}`);
    await page.locator('#bindDn').fill(SERVICE.dn);
    await page.locator('#bindPassword').fill(SERVICE.password);
    await page.locator('#baseDn').fill(BASE_DN);
    for (const name of ['ca', 'groups']) await open(page, name);
    await page.locator('#ca').fill(slapd.ca ?? '');
    await page.locator('#groups').fill('claims.groups');
    await page.getByRole('button', { name: 'Connect it' }).click();

    await page.getByRole('button', { name: 'Try (dry run)' }).click();
    await isOver(page);
    expect(await page.locator('main').textContent()).toContain('nothing was changed');
    expect(await page.locator('tbody th').allTextContents()).toEqual(TEAM);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await isOver(page);
    await page.goto(`${roomkey}/admin/users?q=ada`);
    expect(await page.locator('tbody').textContent()).toContain('crew');

    await slapd.change(async (client) => {
      for (const uid of ['ada', 'bob']) await client.del(`uid=${uid},${PEOPLE}`);
    });
    await page.goto(`${roomkey}/admin/upstreams/company`);
    await page.getByRole('button', { name: 'Sync now' }).click();
    await isOver(page);
    expect(await page.locator('.alert').textContent()).toContain('2 of 4 people');
    expect(await page.locator('tbody th').allTextContents()).toEqual(['ada', 'bob']);
    await page.goto(`${roomkey}/admin`);
    expect(await page.locator('.todo').textContent()).toContain('Too many of its people');
    await page.goBack();
    await page.getByRole('button', { name: 'Shut these 2 people out' }).click();
    await isOver(page);
    await page.goto(`${roomkey}/admin/users?status=disabled`);
    expect(await page.locator('tbody th a').allTextContents()).toEqual(['ada', 'bob']);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it.skipIf(!hasBrowser)('finds all of it on a phone, in light and dark', async () => {
    const { page, leave } = await openBrowser();
    await page.goto(`${roomkey}/login`);
    await page.locator('#username').fill('root@example.org');
    await page.locator('#password').fill(ROOT_PASSWORD);
    await page.locator('main button.primary').click();
    await page.waitForURL((url) => url.pathname !== '/login');
    await page.goto(`${roomkey}/admin/upstreams/company`);
    await page.getByText('Last runs').click();
    await expectGoodLooks(page);
    await page.getByRole('link', { name: 'Dry run' }).click();
    await page.waitForURL(/\/syncs\//);
    await expectGoodLooks(page);
    await leave();
  });
});

/** Unfolds what a field is in. */
async function open(page: Page, field: string): Promise<void> {
  const around = page.locator(`details:has(#${field})`);
  if ((await around.count()) > 0 && (await around.getAttribute('open')) === null)
    await around.locator('summary').click();
}
