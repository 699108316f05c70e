/**
 * A stand-in of a Jitsi server with sign-in in a popup: pages of our own that ask, listen and store
 * as jitsi-meet's do (`authentication/functions.web.ts`, `static/sso.html`, `static/logout.html`).
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Page } from 'playwright-core';

export interface MeetingPages {
  readonly origin: string;
  close(): Promise<void>;
}

const html = (script: string) =>
  `<!doctype html><title>Meeting</title><button id="go">Sign in</button><script>${script}</script>`;

/** The room: opens the popup, and hears what it says. */
const room = (realm: string) => `
const b64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '');
const text = (n) => [...crypto.getRandomValues(new Uint8Array(n))].map((b) => b.toString(16).padStart(2, '0')).join('');
window.heard = [];
addEventListener('message', (event) => {
  if (event.origin !== location.origin) return;
  heard.push(event.data);
  if (event.data.refreshToken) window.refreshToken = event.data.refreshToken;
});
window.signIn = async () => {
  const verifier = text(32);
  sessionStorage.setItem('code_verifier', verifier);
  const nonce = text(32);
  sessionStorage.setItem('oauth_nonce', nonce);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  const state = { room: 'standup', roomSafe: 'standup', tenant: '', ...(window.refreshToken ? { refreshToken } : {}) };
  const url = '${realm}/protocol/openid-connect/auth?client_id=jitsi&response_type=code&scope=openid'
    + '&state=' + encodeURIComponent(JSON.stringify(state))
    + '&redirect_uri=' + location.origin + '/static/sso.html'
    + '&code_challenge=' + b64(digest) + '&code_challenge_method=S256&nonce=' + nonce;
  window.open(url, 'oauth', 'width=500,height=600');
};
window.signOut = (idToken) => {
  const frame = document.createElement('iframe');
  frame.style.display = 'none';
  frame.src = '${realm}/protocol/openid-connect/logout?post_logout_redirect_uri='
    + location.origin + '/static/logout.html&id_token_hint=' + idToken;
  document.body.appendChild(frame);
};
document.getElementById('go').onclick = signIn;
`;

/** The popup's last page: fetches the tokens, hands them to its opener, and closes. */
const sso = (realm: string) => `
(async () => {
  const query = new URLSearchParams(location.search);
  const tell = (message) => window.opener.postMessage(message, location.origin);
  if (query.get('error')) return tell({ type: 'oauth-error', error: query.get('error') });
  const store = window.opener.sessionStorage;
  const state = JSON.parse(query.get('state'));
  const body = state.refreshToken
    ? { grant_type: 'refresh_token', refresh_token: state.refreshToken, client_id: 'jitsi' }
    : { grant_type: 'authorization_code', code: query.get('code'), redirect_uri: location.origin + location.pathname,
        client_id: 'jitsi', code_verifier: store.getItem('code_verifier') };
  const response = await fetch('${realm}/protocol/openid-connect/token', {
    method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(body) });
  const tokens = await response.json();
  if (!response.ok) return tell({ type: 'oauth-error', error: tokens.error_description || tokens.error });
  if (!tokens.access_token || !tokens.id_token) return tell({ type: 'oauth-error', error: 'Missing tokens' });
  const claims = JSON.parse(atob(tokens.id_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
  if (!state.refreshToken && claims.nonce !== store.getItem('oauth_nonce'))
    return tell({ type: 'oauth-error', error: 'Invalid nonce' });
  tell({ type: 'oauth-success', accessToken: tokens.access_token, idToken: tokens.id_token, refreshToken: tokens.refresh_token });
  window.close();
})();
`;

const loggedOut = `window.parent.postMessage({ type: 'logout-success' }, location.origin);`;

/** @param realm `http://127.0.0.1:…/realms/main`. */
export async function serveMeetingPages(port: number, realm: string): Promise<MeetingPages> {
  const pages: Readonly<Record<string, string>> = {
    '/standup': html(room(realm)),
    '/static/sso.html': html(sso(realm)),
    '/static/logout.html': html(loggedOut),
  };
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const page = pages[pathname];
    response.writeHead(page === undefined ? 404 : 200, { 'Content-Type': 'text/html' });
    response.end(page);
  }).listen(port, 'localhost');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Heard {
  readonly type: string;
  readonly error?: string;
  readonly accessToken?: string;
  readonly idToken?: string;
  readonly refreshToken?: string;
}

/** What the page of the meeting keeps for us to look at. */
export type MeetingWindow = typeof globalThis & {
  readonly heard: readonly Heard[];
  readonly signOut: (idToken: string | undefined) => void;
};

/** What the page hears from its popups, by its number; waits for it. */
export async function hear(page: Page, count: number): Promise<Heard> {
  await page.waitForFunction(
    (wanted) => (globalThis as MeetingWindow).heard.length >= wanted,
    count,
  );
  const heard = await page.evaluate((nth) => (globalThis as MeetingWindow).heard[nth - 1], count);
  if (!heard) throw new Error(`nothing heard for the ${count}th time`);
  return heard;
}
