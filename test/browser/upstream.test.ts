/**
 * Sign-in with somebody else's OpenID provider in a real browser, which holds the content policy
 * against every step of the way there and back.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/wiring/server.ts';
import { addUpstream, keepLocalForAdministrators } from '../doors/upstream-ground.ts';
import { testApp } from '../support/app.ts';
import { jitsiClient, payloadOf, syncClock } from '../support/relying-party.ts';
import { startProvider, type UpstreamProvider } from '../support/upstream-provider.ts';
import { expectGoodLooks, hasBrowser, useBrowser } from './support/browser.ts';
import { hear, type MeetingPages, serveMeetingPages } from './support/meeting-pages.ts';
import { freePorts } from './support/programs.ts';

const visit = useBrowser();

let server: Server | undefined;
let meeting: MeetingPages | undefined;
let publicUrl: string;
let provider: UpstreamProvider;
let keepLocal: () => Promise<void>;

beforeAll(async () => {
  if (!hasBrowser) return;
  const [ours = 0, theirs = 0] = await freePorts(2);
  publicUrl = `http://127.0.0.1:${ours}`;
  const app = await testApp({ PUBLIC_URL: publicUrl, ALLOW_LOOPBACK: '1' });
  syncClock(app);
  meeting = await serveMeetingPages(theirs, `${publicUrl}/realms/main`);
  const { origin } = meeting;
  await app.addIssuer({
    serverUrl: `${origin}/`,
    useRule: '1',
    clients: [jitsiClient({ redirectUris: [`${origin}/static/sso.html`] })],
  });
  provider = await startProvider({
    redirectUris: [`${publicUrl}/upstream/company/callback`],
  });
  // It signs its tokens anew, and would not know them again.
  const back = { status: 302, headers: { location: `${publicUrl}/logout` }, body: '' };
  provider.wrongs.instead.set('/session/end', back);
  await addUpstream(app, provider, { emailDomains: ['company.example'], signOut: true });
  keepLocal = () => keepLocalForAdministrators(app);
  const answer = createServer(app.context).callback();
  server = createHttpServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    void answer(request, response);
  }).listen(ours, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await meeting?.close();
});

const STATE = encodeURIComponent(JSON.stringify({ 'config.startWithAudioMuted': true }));
const room = () => `${publicUrl}/jitsi/login?room=standup&state=${STATE}`;
const isRoom = (url: URL) => url.origin === meeting?.origin && url.pathname === '/standup';
const unexpected = (complaints: readonly string[]) =>
  complaints.filter((one) => !one.includes('favicon'));

describe.skipIf(!hasBrowser)('a sign-in with an upstream', () => {
  it('is a button on the sign-in page, and leads into the room', async () => {
    const { page, complaints, leave } = await visit();
    await page.goto(room());
    await expectGoodLooks(page);
    await page.click('text=Company directory');
    await page.waitForURL(isRoom);
    const { searchParams, hash } = new URL(page.url());
    expect(payloadOf(searchParams.get('jwt') ?? '')).toMatchObject({
      room: 'standup',
      context: { user: { name: 'Grace Hopper' } },
    });
    expect(hash).toContain('config.startWithAudioMuted=true');
    expect(unexpected(complaints())).toEqual([]);
    await leave();
  });

  it('is begun by an e-mail address in the form, and ended there and here', async () => {
    const { page, complaints, leave } = await visit();
    await page.goto(`${publicUrl}/login?returnTo=%2Faccount`);
    await page.fill('#username', 'grace@company.example');
    await page.press('#username', 'Enter');
    await page.waitForURL(`${publicUrl}/account`);
    expect(await page.textContent('main')).toContain('Set by Company directory');

    await page.click('button:has-text("Sign out")');
    await page.waitForURL(`${publicUrl}/logout`);
    // Our page at this address leads on to the provider, which leads back.
    const isEndedThere = () => provider.asked.some(({ path }) => path === '/session/end');
    await expect.poll(isEndedThere, { timeout: 15_000 }).toBe(true);
    await page.waitForLoadState('networkidle');
    await page.goto(`${publicUrl}/account`);
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(unexpected(complaints())).toEqual([]);
    await leave();
  });

  it('needs no page in between where it is the only way, not in a popup either', async () => {
    await keepLocal();
    const { page, complaints, leave } = await visit();
    await page.goto(room());
    await page.waitForURL(isRoom);
    await leave();

    const other = await visit();
    await other.page.goto(`${meeting?.origin}/standup`);
    const opening = other.page.waitForEvent('popup');
    await other.page.click('#go');
    const closing = (await opening).waitForEvent('close');
    const heard = await hear(other.page, 1);
    expect(heard).toMatchObject({ type: 'oauth-success' });
    await closing;
    expect(payloadOf(heard.accessToken ?? '')).toMatchObject({ room: 'standup' });
    expect(unexpected([...complaints(), ...other.complaints()])).toEqual([]);
    await other.leave();
  });
});
