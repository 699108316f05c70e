/**
 * An OpenID client from its form to its end, in a real process and a real browser; the application
 * is openid-client, which is not ours.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { freePorts, type Program, startProgram } from './support/programs.ts';

const scratch = await scratchFolder();
const openBrowser = useBrowser();

let program: Program | undefined;
let application: Server | undefined;
let admin: Awaited<ReturnType<typeof openBrowser>>;
let roomkey: string;
let redirectUri: string;

beforeAll(async () => {
  if (!hasBrowser) return;
  const [port = 0, theirs = 0] = await freePorts(2);
  roomkey = `http://localhost:${port}`;
  redirectUri = `http://localhost:${theirs}/cb`;
  application = createServer((_request, response) => response.end('welcome')).listen(theirs);
  await once(application, 'listening');
  program = startProgram('bin/roomkey.js', ['serve'], {
    PORT: String(port),
    DATA_DIR: path.join(scratch, 'data'),
    LOG_LEVEL: 'warn',
  });
  const said = await program.saying(/\/setup\?token=[\w-]+\s/);
  admin = await openBrowser();
  const { page } = admin;
  await page.goto(/http:\S+\/setup\?token=[\w-]+/.exec(said)?.[0] ?? '');
  await page.locator('#name').fill('Ada Lovelace');
  await page.locator('#email').fill('ada@example.org');
  await page.locator('#password').fill('a long walk along the river');
  await page.locator('main button.primary').click();
  await page.waitForURL(/\/admin\/issuers\/main\/integration/);
});

afterAll(async () => {
  await admin?.leave();
  application?.closeAllConnections();
  application?.close();
  await program?.end();
});

/** By the browser that is signed in; the application holds this secret. */
async function signIn(secret: string): Promise<openid.TokenEndpointResponse> {
  const config = await openid.discovery(
    new URL(`${roomkey}/realms/main`),
    'wiki',
    undefined,
    openid.ClientSecretBasic(secret),
    { execute: [openid.allowInsecureRequests] },
  );
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const address = openid.buildAuthorizationUrl(config, {
    scope: 'openid profile',
    redirect_uri: redirectUri,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  const { page } = admin;
  await page.goto(address.href);
  await page.waitForURL(`${redirectUri}?**`);
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  return openid.authorizationCodeGrant(config, new URL(page.url()), checks);
}

const shownSecret = async () =>
  (await admin.page.getByRole('region', { name: 'Secret' }).textContent())?.trim() ?? '';

/** The tests of this block tell one story. */
describe.skipIf(!hasBrowser)('an administrator', () => {
  let first: string;

  it('adds a client, sees what is wrong with it, and its secret once', {
    timeout: 120_000,
  }, async () => {
    const { page } = admin;
    await page.goto(`${roomkey}/admin/issuers/main`);
    const tabs = page.locator('nav.tabs');
    await tabs.getByRole('link', { name: 'Clients', exact: true }).click();
    await expectGoodLooks(page);
    await page.getByRole('link', { name: 'Add a client' }).click();
    await expectGoodLooks(page);
    await page.locator('#clientId').fill('wiki');
    await page.locator('#name').fill('The wiki');
    await page.locator('#redirectUris').fill('http://wiki.example.org/cb');
    await page.locator('#firstParty').check();
    await page.getByRole('button', { name: 'Add it' }).click();
    expect(await page.locator('#redirectUris-fault').textContent()).toContain('https://');
    expect(await page.locator('#firstParty').isChecked()).toBe(true);
    await page.locator('#redirectUris').fill(redirectUri);
    await page.getByRole('button', { name: 'Add it' }).click();
    first = await shownSecret();
    expect(first).toHaveLength(43);
    await expectGoodLooks(page);
    await page.getByRole('link', { name: 'Done, to the client' }).click();
    expect(await page.content()).not.toContain(first);
    await expectGoodLooks(page);
  });

  it('gives it to the application, which signs people in with it', {
    timeout: 60_000,
  }, async () => {
    const tokens = await signIn(first);
    expect(tokens.id_token).toBeDefined();
  });

  it('makes another, and ends the former', { timeout: 60_000 }, async () => {
    const { page } = admin;
    await page.goto(`${roomkey}/admin/issuers/main/clients/edit?id=wiki`);
    await page.locator('#overlap').selectOption({ label: '1 day' });
    await page.getByRole('button', { name: 'Make another secret' }).click();
    const second = await shownSecret();
    expect(second).not.toBe(first);
    for (const secret of [first, second]) await signIn(secret);

    await page.goto(`${roomkey}/admin/issuers/main/clients`);
    expect(await page.locator('tbody').textContent()).toContain('two secrets until');
    await page.getByRole('link', { name: 'The wiki' }).click();
    await page.getByRole('button', { name: 'End the secret before, now' }).click();
    await page.getByText('The secret before has ended.').waitFor();
    await signIn(second);
    await expect(signIn(first)).rejects.toMatchObject({
      status: 401,
      cause: [{ parameters: { error: 'invalid_client' } }],
    });
  });

  it('removes it, and nobody is led to it any more', { timeout: 60_000 }, async () => {
    const { page } = admin;
    await page.goto(`${roomkey}/admin/issuers/main/clients/edit?id=wiki`);
    await page.getByRole('button', { name: 'Remove this client' }).click();
    await page.waitForURL(/clients\?done=removed/);
    const query = `client_id=wiki&response_type=code&redirect_uri=${encodeURIComponent(redirectUri)}`;
    const address = `${roomkey}/realms/main/protocol/openid-connect/auth?${query}`;
    expect((await page.goto(address))?.status()).toBe(400);
  });
});
