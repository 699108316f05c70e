/**
 * `objectGUID` of Active Directory: sixteen bytes, the first three fields of which begin with the
 * lowest (MS-DTYP, section 2.3.4.2).
 *
 * @module
 */

/** Where each byte of the text stands among those of the attribute. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** As every tool of Active Directory writes it, in lower case; `undefined` unless sixteen bytes. */
export function guidText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== ORDER.length) return undefined;
  const hex = ORDER.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Back again; `undefined` for what is no GUID. */
export function guidBytes(text: string): Uint8Array | undefined {
  const hex = text.replaceAll('-', '');
  if (!/^[\da-f]{32}$/i.test(hex)) return undefined;
  const bytes = new Uint8Array(ORDER.length);
  for (const [nth, at] of ORDER.entries())
    bytes[at] = Number.parseInt(hex.slice(nth * 2, nth * 2 + 2), 16);
  return bytes;
}
