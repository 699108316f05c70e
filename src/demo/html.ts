/**
 * Text that is safe to put into a page: whatever a template is given is escaped, unless it is the
 * result of another template.
 *
 * @module
 */
export interface Html {
  readonly markup: string;
}

export type HtmlPart = Html | readonly Html[] | string | number | undefined;

export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = texts.map((text, index) => text + toMarkup(parts[index])).join('');
  return { markup };
}

function toMarkup(part: HtmlPart): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
