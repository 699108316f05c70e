/**
 * Distinguished names (RFC 4514), to be compared. None is ever put together here.
 *
 * @module
 */

/** The same text for names that differ in case, in space, or in how they are escaped. */
export function dnKey(dn: string): string {
  return splitAt(dn, ',')
    .map((rdn) => splitAt(rdn, '+').map(pairKey).sort().join('+'))
    .join(',');
}

/** Whether an entry is another, or somewhere below it. */
export function isWithin(dn: string, baseDn: string): boolean {
  const [key, base] = [dnKey(dn), dnKey(baseDn)];
  return base === '' || key === base || key.endsWith(`,${base}`);
}

function splitAt(text: string, separator: ',' | '+'): readonly string[] {
  const parts = text.match(separator === ',' ? /(?:\\.|[^\\,])+/gs : /(?:\\.|[^\\+])+/gs);
  return parts ?? [];
}

function pairKey(pair: string): string {
  const at = pair.indexOf('=');
  const value = unescape(pair.slice(at + 1).trim());
  const plain = value.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
  // Whatever a value holds, the key's own signs are not in it.
  return `${pair.slice(0, at).trim().toLowerCase()}=${encodeURIComponent(plain.replace(/\p{Surrogate}/gu, '\uFFFD'))}`;
}

/** `\2C`, `\,` and bytes of UTF-8 as `\C3\A4`. */
function unescape(value: string): string {
  return value
    .replace(/(?:\\[\da-f]{2})+/gi, (escaped) =>
      new TextDecoder().decode(
        Uint8Array.from(escaped.slice(1).split('\\'), (hex) => Number.parseInt(hex, 16)),
      ),
    )
    .replace(/\\(.)/gs, '$1');
}
