/**
 * What an administrator does when somebody was refused: from the reference on the refusal page to
 * the rule that said no, and to one that would not; with a mistake on the way.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { freePorts, type Program, startProgram } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();
const PASSWORD = 'a long walk along the river';

let program: Program;
let roomkey: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  const [port] = await freePorts(1);
  roomkey = `http://localhost:${port}`;
  const environment = {
    PORT: String(port),
    DATA_DIR: path.join(scratch, 'data'),
    LOG_LEVEL: 'warn',
  };
  const file = path.join(scratch, 'world.yaml');
  writeFileSync(
    file,
    `groups: [{ name: staff }, { name: board }]
users:
  - { username: root, password: ${PASSWORD}, displayName: Root, admin: true }
  - { username: eve, password: ${PASSWORD}, displayName: Eve, groups: [staff], attributes: { department: maths } }
issuers:
  - slug: main
    serverUrl: https://meet.example.org/
    useRule: inGroup('staff')
    rooms: [{ match: board-*, useRule: inGroup('board') }]
`,
  );
  const apply = startProgram('bin/roomkey.js', ['apply', file], environment);
  expect(await apply.done()).toBe(0);
  program = startProgram('bin/roomkey.js', ['serve'], environment);
  await program.saying(/http:\/\/localhost/);
});

afterAll(async () => {
  await program?.end();
});

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto(`${roomkey}/login`);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main button.primary').click();
  await page.waitForURL((url) => url.pathname !== '/login');
}

/** The editor's own field; a textarea where there is no script. */
const editorOf = (page: Page, label: string) => page.getByRole('textbox', { name: label });

describe.skipIf(!hasBrowser)('somebody was refused', () => {
  let reference: string;

  it('and reads a reference', async () => {
    const { page, leave } = await openBrowser();
    await signIn(page, 'eve');
    await page.goto(`${roomkey}/jitsi/login?room=Board-Meeting`);
    reference = (await page.locator('.reference code').textContent()) ?? '';
    expect(reference).toMatch(/^\w{8}$/);
    expect(await page.locator('main').textContent()).not.toContain('See why');
    await leave();
  });

  it('by a rule that the reference leads to', async () => {
    const { page, complaints, leave } = await openBrowser();
    await signIn(page, 'root');
    await page.goto(`${roomkey}/admin/explain`);
    await page.locator('#reference').fill(reference);
    await page.locator('main button.primary').click();

    await page.waitForURL(/reference=/);
    expect(await page.locator('#decision').textContent()).toContain(
      'eve may not enter board-meeting',
    );
    expect(await page.locator('.rule-outcome').first().textContent()).toMatch(
      /Who gets in\s*no[\s\S]*Room policy 1: board-\*[\s\S]*inGroup\('board'\)\s*false/,
    );
    expect(await page.locator('#past + p').textContent()).toContain('eve was refused');
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('and would not be by another rule, found with an editor that underlines mistakes', async () => {
    const { page, complaints, leave } = await openBrowser();
    await signIn(page, 'root');
    await page.goto(`${roomkey}/admin/explain?issuer=main&user=eve&room=Board-Meeting`);
    await page.getByText('Try other rules').click();
    const editor = editorOf(page, 'Who gets in');
    await editor.click();

    await page.keyboard.type("inGroup('bo");
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'board' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type(" || user.nme == 'eve'");
    await page.locator('.cm-lintRange-error', { hasText: 'nme' }).waitFor();
    const status = page.locator('.rule-status').first();
    expect(await status.textContent()).toContain('Line 1, column 26: No such key: nme');
    await page.keyboard.press('Escape');
    await expectGoodLooks(page);

    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type("user.attributes.department == 'maths'");
    await page.getByText('The rule is right.').waitFor();
    // Out of the editor by Escape and Tab, as everywhere else.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    const editors = '[...document.querySelectorAll(".rule-editor")]';
    expect(await page.evaluate(`${editors}.indexOf(document.activeElement)`)).toBe(1);
    await page.locator('main button.primary').click();

    await page.waitForURL(/useRule=user/);
    expect(await page.locator('#decision').textContent()).toContain('may enter');
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('and a mistake is told without a script as well', async () => {
    const { page, leave } = await openBrowser({ javaScriptEnabled: false });
    await signIn(page, 'root');
    await page.goto(`${roomkey}/admin/explain?issuer=main&user=eve&room=Board-Meeting&useRule=x`);
    const field = editorOf(page, 'Who gets in');
    await field.fill("inGroup('staff') &&\nrooom == 'x'");
    await page.locator('main button.primary').click();
    const fault = page.locator('#useRule-fault');
    expect(await fault.textContent()).toMatch(
      /Line 2, column 1:\s*Unknown variable: rooom: did you mean room\?/,
    );
    expect(await fault.locator('mark').textContent()).toBe('rooom');
    expect(await field.inputValue()).toContain('rooom');
    await leave();
  });

  it('until the rule is changed, once it is known whom that lets in', async () => {
    const { page, complaints, leave } = await openBrowser();
    await signIn(page, 'root');
    await page.goto(`${roomkey}/admin/explain?reference=${reference}`);
    await page.getByRole('link', { name: 'Open this rule' }).first().click();
    await page.waitForURL(/rooms\/policy\?match=board/);
    const rule = page.locator('.rule-editor').first().getByRole('textbox');
    await rule.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type("inGroup('board' || inGroup('staff')");
    await page.locator('.cm-lintRange-error').first().waitFor();
    await page.locator('[name="preview.room"]').fill('Board-Meeting');
    await page.locator('[name="preview"][value="impact"]').click();
    // The mistake is told instead, with all that was typed.
    await page.locator('#useRule-fault').waitFor();
    expect(await rule.textContent()).toContain("inGroup('board' || inGroup('staff')");

    await rule.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type("inGroup('board') || inGroup('staff')");
    await page.locator('[name="preview"][value="impact"]').click();
    await page.locator('#impact').waitFor();
    expect(await page.locator('.impact').textContent()).toMatch(/Let in: 1 person\s*Eve/);
    await expectGoodLooks(page);
    complaints(); // A form with mistakes is answered with 400, which the console counts as an error.
    await page.locator('main form button.primary').click();
    await page.waitForURL(/done=saved/);

    await page.goto(`${roomkey}/admin/explain?reference=${reference}`);
    expect(await page.locator('main').textContent()).toContain('today the answer is another');
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('and the token of who is let in can be taken apart', async () => {
    const { page, complaints, leave } = await openBrowser();
    await signIn(page, 'root');
    await page.goto(`${roomkey}/admin/explain?issuer=main&user=eve&room=Standup`);
    await page.getByRole('button', { name: 'Sign this token' }).click();
    const token = (await page.locator('.copy pre code').first().textContent()) ?? '';
    await page.goto(`${roomkey}/admin/inspect`);
    await page.locator('#token').fill(`https://meet.example.org/Standup?jwt=${token}`);
    await page.locator('main button.primary').click();
    await page.getByText('Signed by us,').waitFor();
    expect(await page.locator('.verdict').nth(1).textContent()).toContain('Accepted:');
    expect(page.url()).toBe(`${roomkey}/admin/inspect`);
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
    await leave();
  });
});
