/**
 * What the modules of the OpenID conformance suite do, over and over: send a person to the
 * provider, and take the answer in the plan's response mode.
 *
 * @module
 */
import * as openid from 'openid-client';
import { expect } from 'vitest';
import { PUBLIC_URL } from './app.ts';
import {
  ask,
  discover,
  type Flow,
  syncClock,
  type TestApp,
  walk,
  WIKI,
  WIKI_SECRET,
} from './relying-party.ts';
import type { Answer, Visitor } from './visitor.ts';
import { PASSWORD } from './world.ts';

export type Fields = Readonly<Record<string, string>>;

/** A relying party of one plan. */
export interface Party {
  readonly app: TestApp;
  readonly config: openid.Configuration;
  /** Somebody who is signed in. */
  readonly visitor: Visitor;
  /** Of every authorization request of the plan. */
  readonly mode: Fields;
}

export interface Row {
  readonly module: string;
  readonly run?: (party: Party) => Promise<void>;
  /** Why the suite would skip it, and what discovery says: that is looked at. */
  readonly absent?: { readonly why: string; readonly member: string; readonly value: unknown };
}

/** With signatures of ID tokens checked, which openid-client leaves to TLS otherwise. */
export async function partyOf(app: TestApp, visitor: Visitor, mode: Fields = {}): Promise<Party> {
  const auth = openid.ClientSecretBasic(WIKI_SECRET);
  const config = await discover(app, { clientId: 'wiki', auth });
  openid.enableNonRepudiationChecks(config);
  return { app, config, visitor, mode };
}

/** Sends a person there and takes the answer; whoever is asked for the password gives it. */
export async function send(
  { app, config, visitor, mode }: Party,
  parameters: Fields = {},
): Promise<Flow> {
  const asked = await ask(config, { redirect_uri: WIKI, ...mode, ...parameters });
  let answer = await walk(visitor, asked.url);
  if (answer.text.includes('name="password"')) answer = await prove(app, visitor, asked.url);
  return { ...asked, config, callback: callbackOf(answer) };
}

/** The page that asks for the password again, of a new request. */
async function prove(app: TestApp, visitor: Visitor, url: URL): Promise<Answer> {
  const { location = '' } = await visitor.get(url.pathname + url.search);
  const page = location.replace(PUBLIC_URL, '');
  app.clock.advance(1);
  syncClock(app);
  const proven = await visitor.submit(page, { password: PASSWORD }, { page });
  return walk(visitor, new URL(proven.location ?? '', PUBLIC_URL));
}

/** Of a redirect, or of the form that posts itself. */
function callbackOf({ location, text, status }: Answer): URL {
  if (location !== undefined) return new URL(location);
  const action = /<form[^>]*action="([^"]+)"/.exec(text)?.[1];
  if (action === undefined) throw new Error(`no way back: ${status} ${text.slice(0, 500)}`);
  const url = new URL(action);
  for (const [, name = '', value = ''] of text.matchAll(/name="([^"]+)" value="([^"]*)"/g))
    url.searchParams.set(name, decode(value));
  return url;
}

const decode = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

/** Where nobody is to be sent: a page of ours, with an error. */
export async function expectErrorPage({ config, visitor, mode }: Party, parameters: Fields) {
  const { url } = await ask(config, { redirect_uri: WIKI, ...mode, ...parameters });
  const answer = await visitor.get(url.pathname + url.search);
  expect(answer.status).toBe(400);
  expect(answer.location).toBeUndefined();
}

/** As if everybody had signed in so long ago. */
export async function ageSignIns({ app }: Party, seconds: number): Promise<void> {
  const before = new Date(app.clock.now().getTime() - seconds * 1000);
  await app.database.knex('sessions').update({ authenticated_at: before });
}

export async function discovery(app: TestApp): Promise<Record<string, unknown>> {
  const answer = await fetch(`${app.base}/realms/main/.well-known/openid-configuration`);
  return (await answer.json()) as Record<string, unknown>;
}
