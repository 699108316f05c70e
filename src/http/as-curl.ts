/**
 * What a page shows, as the call that a program would make.
 *
 * @module
 */

export interface ApiCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** `/api/v1/groups/staff`, percent-encoded. */
  readonly path: string;
  /** Sent as JSON. Never a secret: the page shows it. */
  readonly body?: unknown;
}

/** A line for a POSIX shell; the key stays in the environment. */
export function asCurl(publicUrl: URL, { method, path, body }: ApiCall): string {
  const parts = [
    'curl',
    ...(method === 'GET' ? [] : ['-X', method]),
    '-H "Authorization: Bearer $ROOMKEY_API_KEY"',
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, '-d', quote(JSON.stringify(body))]),
    quote(new URL(path, publicUrl).href),
  ];
  return parts.join(' ');
}

/** As one word, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
