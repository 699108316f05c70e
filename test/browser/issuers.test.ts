/**
 * A second Jitsi server, set up by hand on the screens alone; then its key is rotated while people
 * enter rooms.
 *
 * @module
 */
import { createPublicKey, verify } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asapFile } from '../../src/crypto/digest.ts';
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
let admin: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  if (!hasBrowser) return;
  const server = await startNewServer(scratch, { ALLOW_LOOPBACK: '1' });
  ({ program, roomkey, freePort: jitsiPort } = server);
  admin = await openBrowser();
  const { page } = admin;
  await page.goto(server.setupLink);
  await page.locator('#name').fill('Ada Lovelace');
  await page.locator('#email').fill('ada@example.org');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main button.primary').click();
  await page.waitForURL(/\/admin\/issuers\/main\/integration/);
});

afterAll(async () => {
  await admin?.leave();
  await jitsi?.stop();
  await program?.end();
});

/** To a page of the issuer, by its tab. */
async function tab(page: Page, name: string): Promise<void> {
  await page.locator('nav.tabs').getByRole('link', { name, exact: true }).click();
}

describe.skipIf(!hasBrowser)('an administrator', () => {
  it('adds a Jitsi server by hand, and sees what is missing', { timeout: 120_000 }, async () => {
    const { page, complaints } = admin;
    await page.goto(`${roomkey}/admin/issuers`);
    await page.getByRole('link', { name: 'Add a Jitsi server' }).click();
    await expectGoodLooks(page);
    await page.locator('#name').fill('Lectures');
    await page.locator('#slug').fill('Lectures!');
    await page.locator('#serverUrl').fill(`http://localhost:${jitsiPort}`);
    await page.getByRole('button', { name: 'Add it' }).click();
    expect(await page.locator('#slug-fault').textContent()).toContain('1 to 40');
    await page.locator('#slug').fill('lectures');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.waitForURL(`${roomkey}/admin/issuers/lectures?done=created`);
    expect(await page.locator('main').textContent()).toContain('nobody does');
    await expectGoodLooks(page);
    // The form that was refused is a 400, which the console tells of.
    expect(complaints().filter((line) => !line.includes('400'))).toEqual([]);
  });

  it('says who moderates, and writes a policy for some rooms', { timeout: 240_000 }, async () => {
    const { page, complaints } = admin;
    await tab(page, 'Rules');
    await page.getByRole('textbox', { name: 'Who moderates' }).fill("inGroup('moderators')");
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/rules\?done=saved/);
    await expectGoodLooks(page);
    await tab(page, 'Room policies');
    await page.getByRole('link', { name: 'Add a policy' }).click();
    await page.locator('#match').fill('exam-*');
    await page.getByRole('textbox', { name: 'Who may enter' }).fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/rooms\?done=saved/);
    expect(await page.locator('tbody').textContent()).toContain('exam-*');
    await expectGoodLooks(page);
    await page.getByRole('link', { name: 'exam-*' }).click();
    await expectGoodLooks(page);
    for (const name of ['Settings', 'Mapping', 'Keys']) {
      await tab(page, name);
      await expectGoodLooks(page);
    }
    await page.goto(`${roomkey}/admin/settings`);
    await expectGoodLooks(page);
    expect(complaints()).toEqual([]);
  });

  it('sees the look change while typing it', async () => {
    const { page, complaints } = admin;
    await page.locator('#color').fill('#ffee00');
    await page.getByText('less than the 4.5').first().waitFor();
    await page.locator('#name').fill('Institute');
    await page.locator('#preview').getByText('Institute').first().waitFor();
    expect(complaints()).toEqual([]);
  });

  it('copies the lines to Jitsi, checks it, and enters a room', { timeout: 120_000 }, async () => {
    const { page, complaints } = admin;
    await page.goto(`${roomkey}/admin/issuers/lectures/integration`);
    await expectGoodLooks(page);
    const setup = readDockerEnv(
      (await page.locator('.guide-file pre').allTextContents()).join('\n'),
    );
    const options = { name: 'Lectures', setup };
    jitsi = await startStandIn(options, jitsiPort, { clock, fetchKey });
    await tab(page, 'Check my Jitsi');
    await page.getByRole('button', { name: 'Check now' }).click();
    expect(await page.locator('.jitsi-findings').textContent()).toContain(
      'Prosody can fetch the key',
    );
    await expectGoodLooks(page);

    await page.goto(`http://localhost:${jitsiPort}/Algebra`);
    await page.locator('#sign-in').click();
    await page.waitForURL(`http://localhost:${jitsiPort}/Algebra?jwt=**`);
    expect(await page.locator('.verdict').textContent()).toContain('Accepted. Ada Lovelace');
    expect(await page.locator('#role').textContent()).toBe('moderator');
    const refused = await page.goto(`${roomkey}/jitsi/lectures/login?room=exam-1`);
    expect(refused?.status()).toBe(403);
    complaints();
  });

  it('rotates the key while people enter; every token is taken, before and after', {
    timeout: 120_000,
  }, async () => {
    const { page } = admin;
    await page.goto(`${roomkey}/admin/issuers/lectures/keys`);
    const tokens: string[] = [];
    const visit = new AbortController();
    const entering = (async () => {
      while (!visit.signal.aborted) {
        const token = await enter(page);
        expect(await isTaken(token)).toBe(true);
        tokens.push(token);
      }
    })();
    for (let turn = 0; turn < 3; turn++) {
      const before = tokens.length;
      await page.getByLabel(/Rotate all the same/).check();
      await page.getByRole('button', { name: 'Rotate now' }).click();
      await page.waitForURL(/keys\?done=saved/);
      while (tokens.length < before + 5) await sleep(20);
      await page.goto(`${roomkey}/admin/issuers/lectures/keys`);
    }
    visit.abort();
    await entering;
    expect(new Set(tokens.map(kidOf)).size).toBe(4);
    for (const token of tokens) expect(await isTaken(token)).toBe(true);
    await expectGoodLooks(page);
  });
});

/** A token as the browser would get it, without leaving the page. */
async function enter(page: Page): Promise<string> {
  const address = `${roomkey}/jitsi/lectures/login?room=algebra`;
  const answer = await page.request.get(address, { maxRedirects: 0 });
  return new URL(answer.headers()['location'] ?? '').searchParams.get('jwt') ?? '';
}

const kidOf = (token: string): string => JSON.parse(atob(token.split('.')[0] ?? '')).kid;

/** As Prosody does it: the key is fetched by its kid. */
async function isTaken(token: string): Promise<boolean> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const file = await fetch(`${roomkey}/jitsi/lectures/asap/${asapFile(kidOf(token))}`);
  if (file.status !== 200) return false;
  const signed = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(await file.text());
  return verify('sha256', signed, key, Buffer.from(signature, 'base64url'));
}
