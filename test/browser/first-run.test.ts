/**
 * What a stranger does with a fresh clone, from the link on the terminal to a token that is taken.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDockerEnv } from '../../src/demo/docker-env.ts';
import { fetchKey } from '../../src/demo/inspect.ts';
import { type RunningStandIn, startStandIn } from '../../src/demo/jitsi-stand-in.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { startNewServer } from './support/new-server.ts';
import type { Program } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();
const PASSWORD = 'a long walk along the river';
const clock = { now: () => new Date() };

let program: Program;
let jitsi: RunningStandIn | undefined;
let roomkey: string;
let jitsiPort: number;
let setupLink: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  ({ program, roomkey, setupLink, freePort: jitsiPort } = await startNewServer(scratch));
});

afterAll(async () => {
  await jitsi?.stop();
  await program?.end();
});

describe.skipIf(!hasBrowser)('the first run', () => {
  it('leads from the setup link to the lines Jitsi needs', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(setupLink);
    await expectGoodLooks(page);
    expect(await page.locator('#publicUrl').inputValue()).toBe(roomkey);
    await page.locator('#name').fill('Ada Lovelace');
    await page.locator('#email').fill('ada@example.org');
    await page.locator('#jitsiUrl').fill(`http://localhost:${jitsiPort}`);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('main button.primary').click();

    await page.waitForURL(/\/admin\/issuers\/main\/integration/);
    await expectGoodLooks(page);
    const lines = (await page.locator('.guide-file pre').allTextContents()).join('\n');
    const setup = readDockerEnv(lines);
    jitsi = await startStandIn({ name: 'Meetings', setup }, jitsiPort, { clock, fetchKey });
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('leads from a room, by the sign-in, into that very room with a token that is taken', async () => {
    const { page, complaints, leave } = await openBrowser();
    await page.goto(`http://localhost:${jitsiPort}/Stand-Up`);
    await expectGoodLooks(page);
    await page.locator('#sign-in').click();

    await page.waitForURL(`${roomkey}/login?**`);
    const words = await page.locator('main').textContent();
    expect(words).toContain('stand-up');
    expect(words).toContain(`localhost:${jitsiPort}`);
    await page.locator('#username').fill('ada@example.org');
    await page.locator('#password').fill(PASSWORD);
    await page.locator('main button.primary').click();

    await page.waitForURL(`http://localhost:${jitsiPort}/Stand-Up?jwt=**`);
    expect(await page.locator('.verdict').textContent()).toContain('Accepted. Ada Lovelace');
    expect(await page.locator('#role').textContent()).toBe('moderator');
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
    await leave();
  });

  it('is over: the link works no more', async () => {
    const { page, leave } = await openBrowser();
    const answer = await page.goto(setupLink);
    expect(answer?.status()).toBe(410);
    await expectGoodLooks(page);
    await leave();
  });
});
