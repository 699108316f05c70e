/**
 * A token taken apart as the plugin does it: split at dots (and backslashes), empty pieces fall
 * away, `=` anywhere in base64url is ignored.
 *
 * One difference is known: cjson takes `NaN`, `Infinity` and hexadecimal numbers, this does not.
 *
 * @module
 */
import type { Json } from './json.ts';

export type TokenParts =
  | {
      readonly readable: true;
      readonly header: Json;
      readonly payload: Json;
      readonly signingInput: string;
      /** base64url, without padding. */
      readonly signature: string;
    }
  | { readonly readable: false; readonly reason: string };

export function takeApart(token: string): TokenParts {
  const pieces = token.split(/[\\.]/).filter((piece) => piece !== '');
  const [head, body, sig] = pieces;
  if (pieces.length !== 3 || head === undefined || body === undefined || sig === undefined)
    return { readable: false, reason: 'Invalid token' };

  const header = decodeJson(head);
  if (header === undefined) return { readable: false, reason: 'Invalid header' };
  const payload = decodeJson(body);
  if (payload === undefined) return { readable: false, reason: 'Invalid body' };
  const signature = unpadded(sig);
  if (signature === undefined) return { readable: false, reason: 'Invalid signature' };

  return { readable: true, header, payload, signingInput: `${head}.${body}`, signature };
}

/** The header alone, as the plugin reads it before it asks for the key. */
export function headerOf(token: string): Json | undefined {
  return decodeJson(token.slice(0, token.indexOf('.')));
}

function decodeJson(piece: string): Json | undefined {
  const text = unpadded(piece);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

function unpadded(piece: string): string | undefined {
  const text = piece.replaceAll('=', '');
  return /^[A-Za-z0-9_-]*$/.test(text) ? text : undefined;
}
