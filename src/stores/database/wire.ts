/**
 * The few words of the Postgres wire protocol that the embedded database needs.
 *
 * A message is one type byte, its length as int32 (itself included, the type byte not), and a
 * body. Only the first packet of a connection has no type byte. Source: PostgreSQL
 * documentation, "Frontend/Backend Protocol", section "Message Formats".
 *
 * @module
 */

/** Type bytes of the messages a client sends. */
export const FROM_CLIENT = {
  copyDone: 0x63,
  copyFail: 0x66,
  flush: 0x48,
  functionCall: 0x46,
  parse: 0x50,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
} as const;

/** Type bytes of the messages a server sends. */
export const FROM_SERVER = {
  authentication: 0x52,
  backendKey: 0x4b,
  error: 0x45,
  notification: 0x41,
  parameter: 0x53,
  ready: 0x5a,
} as const;

/** Request codes a first packet may carry where the protocol's version is expected. */
export const STARTUP_CODE = { cancel: 80_877_102, gss: 80_877_104, ssl: 80_877_103 } as const;

/** What ReadyForQuery says: idle, in a transaction, or in one that failed. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** Bytes of a message before its body: the type byte and the length. */
export const HEADER_BYTES = 5;

export function message(type: number, ...body: readonly Buffer[]): Buffer {
  const content = Buffer.concat(body);
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = type;
  header.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([header, content]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Zero-terminated strings, one after the other. */
export function cstrings(...texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\0`).join(''));
}

export function readyForQuery(status: TransactionStatus): Buffer {
  return message(FROM_SERVER.ready, Buffer.from(status));
}

export function errorResponse(severity: string, code: string, text: string): Buffer {
  const fields = cstrings(`S${severity}`, `V${severity}`, `C${code}`, `M${text}`);
  return message(FROM_SERVER.error, fields, Buffer.from([0]));
}

/**
 * The offset just behind the message that starts at `offset`, or `undefined` while it is not
 * complete.
 *
 * @throws RangeError when the length is impossible, so a broken peer cannot make us spin.
 */
export function endOfMessage(bytes: Buffer, offset: number): number | undefined {
  if (bytes.length < offset + HEADER_BYTES) return undefined;
  const length = bytes.readInt32BE(offset + 1);
  if (length < 4) throw new RangeError(`a wire message cannot be ${length} bytes long`);
  const end = offset + 1 + length;
  return end <= bytes.length ? end : undefined;
}
