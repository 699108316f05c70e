/**
 * OpenID clients, played by openid-client, an implementation that is not ours, over real HTTP.
 *
 * @module
 */
import * as openid from 'openid-client';
import type { Client } from '../../src/domain/client.ts';
import { PUBLIC_URL, testApp } from './app.ts';
import type { Answer, Visitor } from './visitor.ts';
import { PASSWORD } from './world.ts';

export type TestApp = Awaited<ReturnType<typeof testApp>>;

export const SSO = 'https://meet.example.org/static/sso.html';
export const WIKI = 'https://wiki.example.org/cb';
export const WIKI_SECRET = 'wiki-secret-of-at-least-32-characters';

const client = {
  webOrigins: undefined,
  postLogoutRedirectUris: [],
  audience: undefined,
  anyRoom: false,
  tokenTtlSeconds: undefined,
  refreshTtlSeconds: undefined,
  jwks: undefined,
  backchannelLogoutUri: undefined,
} as const;

export function jitsiClient(overrides: Partial<Client> = {}): Client {
  return {
    ...client,
    clientId: 'jitsi',
    kind: 'jitsi',
    name: 'Meetings',
    auth: 'none',
    redirectUris: [SSO],
    postLogoutRedirectUris: ['https://meet.example.org/static/logout.html'],
    scopes: ['openid', 'profile', 'email'],
    firstParty: true,
    ...overrides,
  };
}

export function wikiClient(overrides: Partial<Client> = {}): Client {
  return {
    ...client,
    clientId: 'wiki',
    kind: 'oidc',
    name: 'The wiki',
    auth: 'client_secret_basic',
    redirectUris: [WIKI],
    scopes: ['openid', 'profile', 'email', 'groups', 'attributes', 'offline_access'],
    firstParty: true,
    ...overrides,
  };
}

/** Our clock goes with the world's: the library reads that one. */
export function syncClock({ clock }: Pick<TestApp, 'clock'>): void {
  const behind = (Date.now() - clock.now().getTime()) / 1000;
  if (behind > 0) clock.advance(behind);
}

/** openid-client's requests, sent to where the server really listens. */
export function fetchFor(app: Pick<TestApp, 'base'>): openid.CustomFetch {
  return (url, { body, ...options }) => {
    if (body instanceof ReadableStream) throw new Error('no request of the library streams');
    const request = { ...options, body: body ?? null };
    return fetch(url.replace(PUBLIC_URL, app.base), request);
  };
}

export interface PartyOptions {
  readonly slug?: string;
  readonly clientId?: string;
  readonly auth?: openid.ClientAuth;
}

export async function discover(
  app: TestApp,
  { slug = 'main', clientId = 'jitsi', auth = openid.None() }: PartyOptions = {},
): Promise<openid.Configuration> {
  syncClock(app);
  const issuer = new URL(`${PUBLIC_URL}/realms/${slug}`);
  return openid.discovery(issuer, clientId, undefined, auth, {
    [openid.customFetch]: fetchFor(app),
  });
}

export const roomState = (room: string, more: object = {}) =>
  JSON.stringify({ room, roomSafe: encodeURIComponent(room).toLowerCase(), ...more });

export interface Asked {
  readonly url: URL;
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
}

/** The address a browser is sent to. */
export async function ask(
  config: openid.Configuration,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const verifier = openid.randomPKCECodeVerifier();
  const nonce = openid.randomNonce();
  const isWiki = config.clientMetadata().client_id === 'wiki';
  const state = parameters.state ?? (isWiki ? openid.randomState() : roomState('standup'));
  const url = openid.buildAuthorizationUrl(config, {
    scope: 'openid',
    redirect_uri: isWiki ? WIKI : SSO,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    ...parameters,
  });
  return { url, verifier, nonce, state };
}

/** Follows redirects as long as they stay with us; signs in where it is asked to. */
export async function walk(visitor: Visitor, url: URL, username?: string): Promise<Answer> {
  let answer = await visitor.get(url.pathname + url.search);
  for (let step = 0; step < 12; step++) {
    const { location } = answer;
    if (location === undefined) return answer;
    const next = new URL(location, PUBLIC_URL);
    if (next.origin !== PUBLIC_URL) return answer;
    const path = next.pathname + next.search;
    if (next.pathname === '/login' && username !== undefined) {
      const returnTo = next.searchParams.get('returnTo') ?? '/';
      const fields = { username, password: PASSWORD, returnTo };
      answer = await visitor.submit('/login', fields, { page: path });
    } else answer = await visitor.get(path);
  }
  throw new Error('a redirect without end');
}

export interface Flow extends Asked {
  readonly config: openid.Configuration;
  /** Where the client was sent back to. */
  readonly callback: URL;
}

export async function authorize(
  config: openid.Configuration,
  visitor: Visitor,
  {
    parameters = {},
    username,
  }: { parameters?: Readonly<Record<string, string>>; username?: string } = {},
): Promise<Flow> {
  const asked = await ask(config, parameters);
  const answer = await walk(visitor, asked.url, username);
  if (answer.location === undefined)
    throw new Error(`no way back to the client: ${answer.status} ${answer.text.slice(0, 2000)}`);
  return { ...asked, config, callback: new URL(answer.location) };
}

export function redeem({ config, callback, verifier, nonce, state }: Flow) {
  return openid.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
    expectedState: state,
  });
}

export function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}

/** Calls the token endpoint as a browser's page would. */
export async function postForm(
  app: Pick<TestApp, 'base'>,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(app.base + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('Content-Type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

export const TOKEN = '/realms/main/protocol/openid-connect/token';

export interface Met {
  readonly app: TestApp;
  /** Signed in. */
  readonly ada: Visitor;
  /** Of the client `jitsi`. */
  readonly config: openid.Configuration;
}

/** An issuer with Jitsi and the wiki for clients, and somebody who wants to go there. */
export async function meetAda(others: readonly Client[] = []): Promise<Met> {
  const app = await testApp();
  syncClock(app);
  const issuer = await app.addIssuer({ clients: [jitsiClient(), wikiClient(), ...others] });
  const place = { issuerId: issuer.id, clientId: 'wiki' };
  await app.stores.clients.setSecret(place, WIKI_SECRET, app.clock.now());
  await app.stores.catalogVersion.bump();
  const { visitor: ada } = await app.signedIn('ada');
  return { app, ada, config: await discover(app) };
}
