/** What the editor says, in the page's language: it stands on the page itself. */
export interface Wording {
  /** `Line {line}, column {column}:` */
  readonly faultAt: string;
  readonly right: string;
  readonly completions: string;
}

export function readWording(page: Document): Wording | undefined {
  const words = page.querySelector('.rule-words');
  if (!(words instanceof HTMLElement)) return undefined;
  const { faultAt = '', right = '', completions = '' } = words.dataset;
  return { faultAt, right, completions };
}
