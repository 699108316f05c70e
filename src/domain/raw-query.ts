/**
 * A query parameter as it stands in the address, still percent-encoded.
 *
 * jitsi-meet puts a room's path part into the query as it is, and takes some characters out of it
 * only where they are not encoded: decoded here, `a:b` and `a%3Ab` would be one room.
 *
 * @param query without its question mark. @returns the first of that name; `+` as `%20`.
 */
export function rawQueryValue(query: string, name: string): string | undefined {
  const start = `${name}=`;
  const pair = query.split('&').find((one) => one === name || one.startsWith(start));
  return pair?.slice(start.length).replaceAll('+', '%20');
}
