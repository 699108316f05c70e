/**
 * A server of ours with an OpenID provider beside it, and a browser between the two.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { SIGN_IN_SETTING } from '../../src/domain/sign-in-setting.ts';
import type { OidcUpstream } from '../../src/domain/upstreams/upstream.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import { atEnd } from '../support/at-end.ts';
import {
  type ProviderOptions,
  startProvider,
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  upstreamAt,
} from '../support/upstream-provider.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

export const CALLBACK = `${PUBLIC_URL}/upstream/company/callback`;

type App = Awaited<ReturnType<typeof testApp>>;

let shared: Promise<App> | undefined;

/** One for all tests of a file, each of which finds it as new. */
async function emptyApp(): Promise<App> {
  const isNew = !shared;
  shared ??= testApp({ ALLOW_LOOPBACK: '1' });
  const app = await shared;
  if (isNew) atEnd(() => (shared = undefined));
  else await app.empty();
  app.clock.advance((Date.now() - app.clock.now().getTime()) / 1000);
  return app;
}

export async function companyApp(
  overrides: Partial<OidcUpstream> = {},
  options: Partial<ProviderOptions> = {},
) {
  const app = await emptyApp();
  await app.addIssuer({ useRule: '1' });
  const provider = await startProvider({ redirectUris: [CALLBACK], ...options });
  const upstream = await addUpstream(app, provider, overrides);
  return { app, provider, upstream };
}

export async function addUpstream(
  app: App,
  provider: UpstreamProvider,
  overrides: Partial<OidcUpstream> = {},
): Promise<OidcUpstream> {
  const upstream = upstreamAt(provider.issuer, { id: randomUUID(), ...overrides });
  await app.stores.upstreams.add(upstream, UPSTREAM_SECRETS, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
  return upstream;
}

/** Everybody else signs in with an upstream. */
export async function keepLocalForAdministrators(app: App): Promise<void> {
  const value = { local: 'administrators' };
  await app.stores.settings.set(SIGN_IN_SETTING, value, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
}

export function pathOf(location: string | undefined): string {
  const url = new URL(location ?? '', PUBLIC_URL);
  if (url.origin !== PUBLIC_URL) throw new Error(`${url.origin} is not ours`);
  return url.pathname + url.search;
}

/** From our address to the provider and back, as far as our callback. */
export async function toCallback(
  visitor: Visitor,
  provider: UpstreamProvider,
  path = '/upstream/company/login',
): Promise<string> {
  const begun = await visitor.get(path);
  if (begun.location === undefined) throw new Error(`no way there: ${begun.status} ${begun.text}`);
  return pathOf((await provider.pass(begun.location)).href);
}

/** The whole way. */
export async function signInThere(
  visitor: Visitor,
  provider: UpstreamProvider,
  path?: string,
): Promise<Answer> {
  return visitor.get(await toCallback(visitor, provider, path));
}
