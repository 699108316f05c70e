/**
 * What the server knows of rules: mistakes, and words to write them with.
 *
 * @module
 */
export interface Mistake {
  readonly message: string;
  readonly hint?: string;
  readonly line: number;
  readonly column: number;
  /** Offset and length, in UTF-16 units. */
  readonly start: number;
  readonly length: number;
}

export interface Word {
  readonly text: string;
  readonly kind: 'function' | 'method' | 'variable' | 'macro';
  readonly type: string;
  readonly help: string;
}

export interface Words {
  readonly words: readonly Word[];
  readonly groups: readonly string[];
  readonly attributes: readonly string[];
}

export interface Subject {
  readonly kind: string;
  /** Slug; empty for an issuer that is not made yet. */
  readonly issuer: string;
}

/** Nothing when the server cannot be asked: then saving tells. */
export async function findMistakes(
  field: HTMLTextAreaElement,
  { kind, issuer }: Subject,
  source: string,
): Promise<readonly Mistake[] | undefined> {
  const csrf = (field.form?.method === 'post' ? field.form : document).querySelector(
    'input[name="csrf"]',
  );
  if (!(csrf instanceof HTMLInputElement)) return undefined;
  const body = new URLSearchParams({ csrf: csrf.value, kind, issuer, source });
  const answer = await ask('/admin/rules/check', { method: 'POST', body });
  return (answer as { mistakes: readonly Mistake[] } | undefined)?.mistakes;
}

const known = new Map<string, Promise<Words | undefined>>();

/** Asked once for a page. */
export function findWords({ kind, issuer }: Subject): Promise<Words | undefined> {
  const address = `/admin/rules/words?${new URLSearchParams({ kind, issuer }).toString()}`;
  const found = known.get(address) ?? (ask(address) as Promise<Words | undefined>);
  known.set(address, found);
  return found;
}

async function ask(address: string, init: RequestInit = {}): Promise<unknown> {
  try {
    const response = await fetch(address, { ...init, headers: { Accept: 'application/json' } });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
