/**
 * The pages of issuers as an administrator uses them.
 *
 * @module
 */
import type { UserRole } from '../../src/domain/permissions.ts';
import type { testApp } from './app.ts';
import type { Visitor } from './visitor.ts';
import { PASSWORD } from './world.ts';

type App = Awaited<ReturnType<typeof testApp>>;

/** Somebody of this role, signed in. */
export async function visitorOf(app: App, role: UserRole): Promise<Visitor> {
  const user = await app.addUser({ username: role, role });
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(role, PASSWORD);
  return visitor;
}

export const at = (slug: string, page = '') =>
  `/admin/issuers/${slug}${page === '' ? '' : `/${page}`}`;

/** The tag that a form carries. */
export const etagIn = (text: string) =>
  (/name="etag" value="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&quot;', '"');

export async function tagOf(visitor: Visitor, slug: string, page: string): Promise<string> {
  return etagIn((await visitor.get(at(slug, page))).text);
}

export const BASICS = {
  name: 'Second',
  serverUrl: 'https://x.example/',
  algorithm: 'RS256',
  useRule: '1',
};

/** By the form. */
export const makeIssuer = (visitor: Visitor, slug: string, fields: Record<string, string> = {}) =>
  visitor.submit('/admin/issuers/new', { ...BASICS, slug, ...fields });

/** What the form of the settings holds, to be sent back changed. */
export async function editFields(visitor: Visitor, slug: string): Promise<Record<string, string>> {
  const { text } = await visitor.get(at(slug, 'edit'));
  const form = text.slice(text.indexOf('/edit">'), text.indexOf('/remove">'));
  const values = [...form.matchAll(/<input id="\w+" name="(\w+)" type="text" value="([^"]*)"/g)];
  const chosen = [...form.matchAll(/<select id="(\w+)"[\s\S]*?value="(\w+)" selected/g)];
  return {
    ...Object.fromEntries([...values, ...chosen].map(([, name = '', value = '']) => [name, value])),
    etag: etagIn(form),
  };
}
