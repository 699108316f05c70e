/**
 * Addresses as people type them: without `https://`, with or without the slash at the end.
 *
 * @module
 */

/** An origin: scheme, host and port, and nothing else. */
export function webOrigin(text: string): URL | undefined {
  const url = URL.parse(withScheme(text.trim()));
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  return url.pathname === '/' && url.search === '' && url.hash === '' ? url : undefined;
}

/** A Jitsi server's address, with the slash at its end. */
export function serverAddress(text: string): string | undefined {
  const url = URL.parse(withScheme(text.trim()));
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined;
  if (url.search !== '' || url.hash !== '') return undefined;
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/** People type `meet.example.org`. */
function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text === '' ? text : `https://${text}`;
}
