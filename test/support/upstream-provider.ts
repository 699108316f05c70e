/**
 * Somebody else's OpenID provider: the library of our own provider on a real port of this machine,
 * with one account that signs in without being asked, and what providers do wrong at hand.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JWTPayload, SignJWT } from 'jose';
import type { Configuration, Provider as OidcProvider } from 'oidc-provider';
import { interactionPolicy, Provider } from '../../src/doors/oidc/library.ts';
import type { OidcUpstream, UpstreamSecrets } from '../../src/domain/upstreams/upstream.ts';
import { quietly } from '../../src/http/quietly.ts';
import { anOidcUpstream } from '../factories.ts';
import { atEnd } from './at-end.ts';
import { type Answer, createVisitor, type Visitor } from './visitor.ts';

export const CLIENT_SECRET = 'the-upstream-client-secret-canary-0123456789';

/** What it does wrong; changed while it runs. */
export interface Wrongs {
  /** Closes every connection. */
  down: boolean;
  slowMs: number;
  /** There alone; `undefined`: everywhere. */
  slow: string | undefined;
  /** Says nothing of the person in ID tokens. */
  thin: boolean;
  /** Answers the browser so: `access_denied`. */
  error: string | undefined;
  idToken: ((claims: JWTPayload) => JWTPayload) | undefined;
  /** By a key that it does not publish. */
  foreignKey: boolean;
  discovery: ((metadata: Record<string, unknown>) => Record<string, unknown>) | undefined;
  userinfo: ((claims: Record<string, unknown>) => Record<string, unknown>) | undefined;
  /** Answers no other method there. */
  userinfoBy: 'GET' | 'POST' | undefined;
  /** Path → an answer in place of its own. */
  instead: Map<
    string,
    { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }
  >;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface UpstreamProvider {
  readonly issuer: string;
  readonly wrongs: Wrongs;
  /** Of whoever signs in; `sub` too. */
  person: Record<string, unknown>;
  /** All that was asked, by whomever. */
  readonly asked: Asked[];
  /** Signs by a new key from now on, and publishes that one alone. */
  rotate(): Promise<void>;
  /** A browser of its own. */
  browser(): Visitor;
  /** Follows an authorization address to where it leads back to. */
  pass(location: string, browser?: Visitor): Promise<URL>;
}

export interface ProviderOptions {
  readonly redirectUris: readonly string[];
  readonly client?: Readonly<Record<string, unknown>>;
  /** What its addresses begin with: `/realms/house`. */
  readonly path?: string;
}

const NO_WRONGS: Wrongs = {
  down: false,
  slowMs: 0,
  slow: undefined,
  thin: false,
  error: undefined,
  idToken: undefined,
  foreignKey: false,
  discovery: undefined,
  userinfo: undefined,
  userinfoBy: undefined,
  instead: new Map(),
};

export async function startProvider(options: ProviderOptions): Promise<UpstreamProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => stop(server));
  const { path: prefix = '' } = options;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = origin + prefix;

  const wrongs = { ...NO_WRONGS, instead: new Map() };
  const asked: Asked[] = [];
  const self: UpstreamProvider = {
    issuer,
    wrongs,
    person: {
      sub: 'grace-1',
      preferred_username: 'grace',
      name: 'Grace Hopper',
      email: 'grace@company.example',
      email_verified: true,
      amr: ['pwd', 'mfa'],
    },
    asked,
    rotate: async () => void (keys = takeKeys(++turn)),
    browser: () => createVisitor(origin, origin),
    pass: (location, browser = self.browser()) => pass(origin, location, browser),
  };
  let turn = 1;
  let keys = takeKeys(turn);
  const foreign = { ...takeKeys(0), kid: keys.kid };

  const provider = await quietly(async () => new Provider(issuer, configuration(self, options)));
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) {
      const details = await provider.interactionDetails(ctx.req, ctx.res);
      return provider.interactionFinished(
        ctx.req,
        ctx.res,
        await answerOf(provider, details, self),
      );
    }
    await next();
    const body = ctx.body as Record<string, unknown> | undefined;
    if (ctx.path === '/jwks') ctx.body = { keys: [keys.jwk] };
    if (ctx.path === '/.well-known/openid-configuration' && wrongs.discovery)
      ctx.body = wrongs.discovery(JSON.parse(JSON.stringify(body)));
    if (ctx.path === '/me' && wrongs.userinfo && ctx.status === 200)
      ctx.body = wrongs.userinfo(JSON.parse(JSON.stringify(body)));
    if (ctx.path === '/token' && ctx.status === 200 && typeof body?.id_token === 'string') {
      const signer = wrongs.foreignKey ? foreign : keys;
      ctx.body = { ...body, id_token: await signAnew(body.id_token, self, signer) };
    }
    return undefined;
  });

  const answer = provider.callback();
  server.on('request', (request, response) => {
    const path = new URL(request.url ?? '/', origin).pathname;
    // Where it is mounted, as the library reads it.
    Object.assign(request, { originalUrl: request.url, url: request.url?.slice(prefix.length) });
    asked.push({ method: request.method ?? '', path, headers: request.headers });
    const instead = wrongs.instead.get(path);
    const isRefused = path === '/me' && (wrongs.userinfoBy ?? request.method) !== request.method;
    if (wrongs.down) request.socket.destroy();
    else if (isRefused) response.writeHead(405).end();
    else if (instead) response.writeHead(instead.status, instead.headers).end(instead.body);
    else if (wrongs.slowMs > 0 && (wrongs.slow ?? path) === path)
      void sleep(wrongs.slowMs).then(() => answer(request, response));
    else void answer(request, response);
  });
  return self;
}

function configuration(self: UpstreamProvider, options: ProviderOptions): Configuration {
  return {
    clients: [
      {
        client_id: 'roomkey',
        client_secret: CLIENT_SECRET,
        redirect_uris: [...options.redirectUris],
        post_logout_redirect_uris: ['https://auth.example.org/logout'],
        ...options.client,
      },
    ],
    acrValues: ['gold'],
    jwks: { keys: [OWN_KEY] },
    claims: {
      openid: ['sub', 'acr'],
      profile: ['name', 'preferred_username', 'groups'],
      email: ['email', 'email_verified'],
    },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    cookies: { keys: ['of this test alone'] },
    features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: () => ({ ...self.person, sub: accountId }),
    }),
    interactions: {
      policy: interactionPolicy.base(),
      url: (_ctx, { uid }) => `${options.path ?? ''}/interaction/${uid}`,
    },
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 600, AccessToken: 600 },
  };
}

async function answerOf(
  provider: OidcProvider,
  details: Awaited<ReturnType<OidcProvider['interactionDetails']>>,
  { person, wrongs }: UpstreamProvider,
) {
  if (wrongs.error !== undefined) return { error: wrongs.error, error_description: 'no' };
  const accountId = String(person.sub);
  const grant = new provider.Grant({ accountId, clientId: String(details.params.client_id) });
  grant.addOIDCScope('openid profile email');
  const isLogin = details.prompt.name === 'login';
  const login = isLogin ? { login: { accountId, acr: 'gold', amr: ['pwd', 'mfa'] } } : {};
  return { ...login, consent: { grantId: await grant.save() } };
}

interface Keys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: object;
}

const made = new Map<number, Keys>();

/** Each made once: they are the same for every provider of these tests. */
function takeKeys(nth: number): Keys {
  const known = made.get(nth);
  if (known) return known;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = `key-${nth}`;
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  const keys = { kid, privateKey, jwk };
  made.set(nth, keys);
  return keys;
}

/** Of the library, which has to have one. */
const OWN_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  format: 'jwk',
});

/** The library's ID token, with what this provider says of people, and what it does wrong. */
function signAnew(token: string, { person, wrongs }: UpstreamProvider, keys: Keys) {
  const own: JWTPayload = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
  );
  const claims = wrongs.thin ? own : { ...person, ...own };
  return new SignJWT(wrongs.idToken?.(claims) ?? claims)
    .setProtectedHeader({ alg: 'RS256', kid: keys.kid })
    .sign(keys.privateKey);
}

async function pass(origin: string, location: string, browser: Visitor): Promise<URL> {
  let next = new URL(location);
  for (let step = 0; step < 10 && next.origin === origin; step++) {
    const answer: Answer = await browser.get(next.pathname + next.search);
    if (answer.location === undefined)
      throw new Error(`the provider ends with ${answer.status}: ${answer.text.slice(0, 500)}`);
    next = new URL(answer.location, origin);
  }
  return next;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** How Roomkey would have it in its settings. */
export function upstreamAt(issuer: string, overrides: Partial<OidcUpstream> = {}): OidcUpstream {
  return anOidcUpstream({
    id: '5f0b1a52-7a4e-4b57-9c55-3d8f6f1f0a01',
    name: 'Company directory',
    issuerUrl: issuer,
    ...overrides,
  });
}

export const UPSTREAM_SECRETS: UpstreamSecrets = { secret: CLIENT_SECRET, privateKey: undefined };
