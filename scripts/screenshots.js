/**
 * Takes the pictures of the README and docs/admin.md: starts the demo in a folder of its own, lets
 * somebody enter a room and somebody be turned away, and photographs what people then see.
 *
 *     node scripts/screenshots.js [PORT [JITSI_PORT]]
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = path.join(root, 'docs/images');
const folder = mkdtempSync(path.join(tmpdir(), 'roomkey-pictures-'));
const [PORT = '3000', JITSI_PORT = '8080'] = process.argv.slice(2);
const roomkey = `http://localhost:${PORT}`;

/** Picture, address, and what of the page to look at. */
const ADMIN_PAGES = [
  ['integration', '/admin/issuers/main/integration'],
  ['dashboard', '/admin'],
  ['users', '/admin/users'],
  ['rules', '/admin/issuers/main/rules'],
  ['explain', '/admin/explain?issuer=main&user=linus&room=staff-weekly', '.decision'],
  ['keys', '/admin/issuers/main/keys'],
  ['client', '/admin/issuers/main/clients/edit?id=wiki'],
  ['audit', '/admin/audit'],
];

const demo = spawn(
  process.execPath,
  ['scripts/demo.js', '--folder', folder, '--port', PORT, '--jitsi-port', JITSI_PORT],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
const ended = new Promise((resolve) => demo.once('close', resolve));
try {
  await new Promise((resolve, reject) => {
    let said = '';
    demo.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes('Ctrl-C ends everything')) resolve(undefined);
    });
    void ended.then(() => reject(new Error('the demo ended too early')));
  });
  await takePictures();
} finally {
  demo.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/**
 * A wiki next to the meetings, in the middle of changing its secret.
 *
 * @param {import('playwright-core').Page} page
 */
async function makeClient(page) {
  await page.goto(`${roomkey}/admin/issuers/main/clients/new`);
  await page.locator('#clientId').fill('wiki');
  await page.locator('#name').fill('The wiki');
  await page.locator('#redirectUris').fill('https://wiki.example.org/oauth/callback');
  await page.locator('main button.primary').click();
  await page.goto(`${roomkey}/admin/issuers/main/clients/edit?id=wiki`);
  await page.getByRole('button', { name: 'Make another secret' }).click();
}

async function takePictures() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 720 },
      colorScheme: 'light',
      locale: 'en-US',
    });
    await page.goto(`http://localhost:${JITSI_PORT}/lunch`);
    await page.locator('#sign-in').click();
    await page.waitForURL(`${roomkey}/login?**`);
    await page.locator('#username').fill('ada');
    await page.screenshot({ path: path.join(images, 'sign-in.png') });

    await page.locator('#password').fill('demo-only-ada-lovelace');
    await page.locator('main button.primary').click();
    await page.waitForURL(/[?]jwt=/);
    await page.goto(`http://localhost:${JITSI_PORT}/staff-weekly`);
    await page.locator('#sign-in').click();
    await page.waitForLoadState('networkidle');

    await makeClient(page);
    await page.setViewportSize({ width: 1280, height: 840 });
    for (const [name, address, anchor] of ADMIN_PAGES) {
      await page.goto(roomkey + address);
      await page.waitForLoadState('networkidle');
      if (anchor)
        await page
          .locator(anchor)
          .first()
          .evaluate((box) => box.scrollIntoView());
      await page.screenshot({ path: path.join(images, `${name}.png`) });
    }
  } finally {
    await browser.close();
  }
}
