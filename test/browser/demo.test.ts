/**
 * The demo world in a real browser: several people, rooms that let them in and rooms that do not,
 * both kinds of keys, both deliveries; with the mouse, with the keyboard, and without JavaScript.
 *
 * @module
 */
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { freePorts, type Program, startProgram } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();

const PASSWORDS = {
  ada: 'demo-only-ada-lovelace',
  emmy: 'demo-only-emmy-noether',
  linus: 'demo-only-linus-pauling',
  'chien-shiung': 'demo-only-chien-shiung-wu',
};
type Name = keyof typeof PASSWORDS;

let program: Program;
let roomkey: string;
let school: string;
let partner: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  const ports = await freePorts(3);
  [roomkey, school, partner] = ports.map((port) => `http://localhost:${port}`) as [
    string,
    string,
    string,
  ];
  const folder = path.join(scratch, 'demo');
  const [port, jitsiPort] = ports.map(String) as [string, string];
  const args = ['--folder', folder, '--port', port, '--jitsi-port', jitsiPort];
  program = startProgram('scripts/demo.js', args);
  await program.saying(/Ctrl-C ends everything/);
});

afterAll(async () => {
  await program?.end();
});

/** Fills the sign-in page in and sends it. */
async function signIn(page: Page, name: Name): Promise<void> {
  await page.locator('#username').fill(name);
  await page.locator('#password').fill(PASSWORDS[name]);
  await page.locator('main button.primary').click();
}

/** From the room's front door to wherever the sign-in leads. */
async function enter(page: Page, room: string, name: Name): Promise<void> {
  await page.goto(room);
  await page.locator('#sign-in').click();
  await page.waitForURL(`${roomkey}/login?**`);
  await signIn(page, name);
}

async function verdictOf(page: Page): Promise<string> {
  return (await page.locator('.verdict').textContent())?.replace(/\s+/g, ' ') ?? '';
}

describe.skipIf(!hasBrowser)('a room of the demo', () => {
  it.each([
    ['emmy', 'lunch', 'Accepted. Emmy Noether enters as moderator.'],
    ['linus', 'lunch', 'Accepted. Linus Pauling enters as participant.'],
    ['linus', 'Class-9B', 'Accepted. Linus Pauling enters as participant.'],
    ['ada', 'board', 'Accepted. Ada Lovelace enters as moderator.'],
  ] as const)('lets %s into %s with a key Prosody fetches', async (name, room, verdict) => {
    const { page, complaints, leave } = await openBrowser();
    await enter(page, `${school}/${room}`, name);
    await page.waitForURL(`${school}/${room}?jwt=**`);
    expect(await verdictOf(page)).toContain(verdict);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it.each([
    ['emmy', 'exam-algebra', 'Accepted. Emmy Noether enters as moderator.'],
    ['chien-shiung', 'seminar', 'Accepted. Chien-Shiung Wu enters as participant.'],
  ] as const)(
    'lets %s into %s with a shared secret and a fragment',
    async (name, room, verdict) => {
      const { page, complaints, leave } = await openBrowser();
      await enter(page, `${partner}/${room}`, name);
      await page.waitForURL(`${partner}/${room}#jwt=**`);
      await page.waitForSelector('[data-ready]');
      expect(await verdictOf(page)).toContain(verdict);
      await expectGoodLooks(page);
      expect(complaints()).toEqual([]);
      await leave();
    },
  );

  it.each([
    ['linus', 'board'],
    ['chien-shiung', 'class-9b'],
  ] as const)('keeps %s out of %s, and says so with a reference', async (name, room) => {
    const { page, complaints, leave } = await openBrowser();
    await enter(page, `${school}/${room}`, name);
    await page.waitForURL(`${roomkey}/jitsi/login?**`);
    expect(await page.locator('h1').textContent()).toBeTruthy();
    expect(await page.locator('.reference code').textContent()).toMatch(/^[\w-]{8,}$/);
    await expectGoodLooks(page);
    // Chromium itself notes the refusal's status.
    expect(complaints().filter((text) => !text.includes('status of 403'))).toEqual([]);
    await leave();
  });

  it('keeps tenant and settings of the meeting on the way', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(`${school}/acme/lunch#config.startWithAudioMuted=true`);
    await page.waitForSelector('[data-ready]');
    await page.locator('#sign-in').click();
    await signIn(page, 'emmy');
    await page.waitForURL(`${school}/acme/lunch?jwt=**`);
    expect(page.url()).toContain('config.startWithAudioMuted=true');
    await page.waitForSelector('[data-ready]');
    expect(await verdictOf(page)).toContain('Accepted.');
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('is left by its own sign-out, back to Jitsi, and asks again', async () => {
    const { page, complaints, leave } = await openBrowser();
    await enter(page, `${school}/lunch`, 'linus');
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.waitForURL(`${school}/`);
    await expectGoodLooks(page);
    await page.goto(`${school}/lunch`);
    await page.locator('#sign-in').click();
    await page.waitForURL(`${roomkey}/login?**`);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('asks only once for all rooms', async () => {
    const { page, leave } = await openBrowser();
    await enter(page, `${school}/lunch`, 'emmy');
    await page.waitForURL(`${school}/lunch?jwt=**`);
    await page.goto(`${partner}/seminar`);
    await page.locator('#sign-in').click();
    await page.waitForURL(`${partner}/seminar#jwt=**`);
    await leave();
  });
});

describe.skipIf(!hasBrowser)('the portal', () => {
  it('takes somebody from the launcher into a room of either server', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(roomkey);
    await page.waitForURL(`${roomkey}/login?**`);
    await signIn(page, 'emmy');
    await page.waitForURL(`${roomkey}/`);
    for (const [action, landing] of [
      ['/jitsi/login', `${school}/caf%C3%A9?jwt=**`],
      ['/jitsi/partner/login', `${partner}/caf%C3%A9#jwt=**`],
    ] as const) {
      const form = page.locator(`form[action="${action}"]`);
      await form.locator('input[name=room]').fill('café');
      await form.locator('button.primary').click();
      await page.waitForURL(landing);
      await page.goto(roomkey);
    }
    expect(await page.locator('main').textContent()).toContain('café');
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it.each(['/account', '/account/password', '/account/sessions', '/account/activity'])(
    'shows %s well',
    async (address) => {
      const { page, complaints, leave } = await openBrowser();
      await page.goto(roomkey + address);
      await signIn(page, 'ada');
      await page.waitForURL(roomkey + address);
      await expectGoodLooks(page);
      expect(complaints()).toEqual([]);
      await leave();
    },
  );

  it('says what was wrong, and keeps the way', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(`${school}/lunch`);
    await page.locator('#sign-in').click();
    await page.locator('#username').fill('linus');
    await page.locator('#password').fill('something else entirely');
    await page.locator('main button.primary').click();
    await page.waitForSelector('[role=alert]');
    await expectGoodLooks(page);
    await page.locator('#password').fill(PASSWORDS.linus);
    await page.locator('main button.primary').click();
    await page.waitForURL(`${school}/lunch?jwt=**`);
    expect(complaints().filter((text) => !text.includes('status of 401'))).toEqual([]);
    await leave();
  });

  it('speaks the browser’s language, and another one when told', async () => {
    const { page, complaints, leave } = await openBrowser({ locale: 'de-DE' });
    await page.goto(`${roomkey}/login`);
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('button', { name: 'English' }).click();
    await page.waitForSelector('html[lang=en]');
    expect(page.url()).toContain(`${roomkey}/login`);
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await page.waitForSelector('html[lang=de]');
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('signs out, and the sign-in is needed again', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(roomkey);
    await signIn(page, 'linus');
    await page.locator('form[action="/logout"] button').click();
    await page.waitForLoadState();
    await expectGoodLooks(page);
    await page.goto(roomkey);
    await page.waitForURL(`${roomkey}/login?**`);
    expect(complaints()).toEqual([]);
    await leave();
  });
});

describe.skipIf(!hasBrowser)('the way into a room', () => {
  it('needs no JavaScript', async () => {
    const { page, leave } = await openBrowser({ javaScriptEnabled: false });
    await enter(page, `${school}/staff-lounge`, 'chien-shiung');
    await page.waitForURL(`${school}/staff-lounge?jwt=**`);
    expect(await verdictOf(page)).toContain('Accepted. Chien-Shiung Wu enters as participant.');
    await page.goto(roomkey);
    await page.locator('form[action="/logout"] button').click();
    await page.goto(roomkey);
    expect(page.url()).toContain('/login');
    await leave();
  });

  it('needs no mouse', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(`${school}/lunch`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('sign-in');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${roomkey}/login?**`);
    expect(await page.evaluate('document.activeElement.id')).toBe('username');
    await page.keyboard.type('emmy');
    await tabTo(page, 'password');
    await page.keyboard.type(PASSWORDS.emmy);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${school}/lunch?jwt=**`);
    expect(await verdictOf(page)).toContain('moderator');
    expect(complaints()).toEqual([]);
    await leave();
  });
});

async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 5; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.id')) === id) return;
  }
  throw new Error(`the keyboard does not reach ${id}`);
}

describe.skipIf(!hasBrowser)('the demo itself', () => {
  it('shows rooms and people on the stand-in’s front page', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(school);
    expect(await page.locator('main').textContent()).toContain(PASSWORDS.emmy);
    await expectGoodLooks(page);
    await page.getByLabel('Name of a room').fill('Große Pause');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${school}/Gro%C3%9Fe%20Pause`);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('ends with Ctrl-C, all of it', async () => {
    expect(await program.end()).toBe(0);
    await expect(fetch(`${school}/`)).rejects.toThrow();
    await expect(fetch(`${roomkey}/readyz`)).rejects.toThrow();
  });
});
