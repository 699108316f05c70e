/**
 * Walks all pages a browser can reach by links, and gathers their forms.
 *
 * @module
 */
import type { Visitor } from './visitor.ts';

export interface PageForm {
  /** Of the page it stands on. */
  readonly page: string;
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly multipart: boolean;
  /** Name → what it holds as the page comes. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface CrawledPage {
  readonly path: string;
  readonly status: number;
  readonly text: string;
}

export interface Crawl {
  readonly pages: readonly CrawledPage[];
  readonly forms: readonly PageForm[];
}

/** Follows links below `prefix` from `start`, each path once, `limit` pages at most. */
export async function crawl(
  visitor: Visitor,
  { start, prefix, limit }: { start: readonly string[]; prefix: string; limit: number },
): Promise<Crawl> {
  const seen = new Set(start);
  const queue = [...start];
  const pages: CrawledPage[] = [];
  const forms = new Map<string, PageForm>();
  for (let path = queue.shift(); path !== undefined && pages.length < limit; path = queue.shift()) {
    const { status, text, location } = await visitor.get(path);
    pages.push({ path, status, text });
    for (const form of formsOf(path, text))
      forms.set(`${form.method} ${form.action} ${Object.keys(form.fields).sort().join()}`, form);
    for (const link of [...linksOf(text), ...(location === undefined ? [] : [location])]) {
      const known = withoutPosition(link);
      if (!link.startsWith(prefix) || seen.has(known)) continue;
      seen.add(known);
      queue.push(link);
    }
  }
  return { pages, forms: [...forms.values()] };
}

function linksOf(text: string): string[] {
  return [...text.matchAll(/\shref="([^"#]*)/g)].map(([, href = '']) => unescapeHtml(href));
}

/** Lists would go on page after page, and in every order. */
function withoutPosition(link: string): string {
  return link.replace(/([?&])(after|before|sort|order|done)=[^&]*/g, '$1');
}

function formsOf(page: string, text: string): PageForm[] {
  return [...text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, head = '', body = '']) => ({
      page,
      action: unescapeHtml(attribute(head, 'action') ?? page),
      method: attribute(head, 'method')?.toLowerCase() === 'post' ? 'POST' : 'GET',
      multipart: attribute(head, 'enctype') === 'multipart/form-data',
      fields: fieldsOf(body),
    }),
  );
}

function fieldsOf(body: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, tag = '', head = '', after = ''] of body.matchAll(
    /<(input|select|textarea|button)\b([^>]*)>([^<]*)/g,
  )) {
    const name = attribute(head, 'name');
    if (name === undefined || name === 'csrf') continue;
    const value = tag === 'textarea' ? after : (attribute(head, 'value') ?? '');
    fields[unescapeHtml(name)] = unescapeHtml(value);
  }
  return fields;
}

function attribute(head: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(head)?.[1];
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
