/**
 * Jitsi's sign-in popup in a real browser: the meeting on another site than ours.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/wiring/server.ts';
import { testApp } from '../support/app.ts';
import { jitsiClient, payloadOf, syncClock } from '../support/relying-party.ts';
import { PASSWORD } from '../support/world.ts';
import { hasBrowser, useBrowser } from './support/browser.ts';
import {
  hear,
  type MeetingPages,
  type MeetingWindow,
  serveMeetingPages,
} from './support/meeting-pages.ts';
import { freePorts } from './support/programs.ts';

const visit = useBrowser();

let server: Server | undefined;
let meeting: MeetingPages | undefined;

beforeAll(async () => {
  if (!hasBrowser) return;
  const [ours = 0, theirs = 0] = await freePorts(2);
  const publicUrl = `http://127.0.0.1:${ours}`;
  const app = await testApp({ PUBLIC_URL: publicUrl });
  syncClock(app);
  meeting = await serveMeetingPages(theirs, `${publicUrl}/realms/main`);
  const { origin } = meeting;
  await app.addIssuer({
    serverUrl: `${origin}/`,
    moderatorRule: "inGroup('chairs')",
    clients: [
      jitsiClient({
        redirectUris: [`${origin}/static/sso.html`],
        postLogoutRedirectUris: [`${origin}/static/logout.html`],
      }),
    ],
  });
  await app.person('ada', ['chairs']);
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

describe.skipIf(!hasBrowser)('the sign-in popup of a meeting', () => {
  it('signs in, renews without a question, and signs out in a hidden frame', async () => {
    const { page, complaints, leave } = await visit();
    await page.goto(`${meeting?.origin}/standup`);

    const opening = page.waitForEvent('popup');
    await page.click('#go');
    const popup = await opening;
    await popup.fill('#username', 'ada');
    await popup.fill('#password', PASSWORD);
    const closing = popup.waitForEvent('close');
    await popup.click('button.primary');
    const first = await hear(page, 1);
    expect(first).toMatchObject({ type: 'oauth-success' });
    await closing;
    expect(payloadOf(first.accessToken ?? '')).toMatchObject({
      room: 'standup',
      context: { user: { moderator: 'true', name: 'Ada Lovelace' } },
    });

    // The token has expired: the popup comes and goes by itself.
    await page.click('#go');
    const second = await hear(page, 2);
    expect(second).toMatchObject({ type: 'oauth-success' });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(payloadOf(second.accessToken ?? '').room).toBe('standup');

    await page.evaluate((token) => (globalThis as MeetingWindow).signOut(token), second.idToken);
    expect(await hear(page, 3)).toEqual({ type: 'logout-success' });

    const again = page.waitForEvent('popup');
    await page.click('#go');
    expect(await (await again).waitForSelector('#password')).not.toBeNull();
    expect(complaints().filter((one) => !one.includes('favicon'))).toEqual([]);
    await leave();
  });
});
