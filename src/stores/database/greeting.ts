/**
 * The first packets of a connection to the embedded database, answered without asking it.
 *
 * @module
 */
import { cstrings, FROM_SERVER, int32, message, readyForQuery, STARTUP_CODE } from './wire.ts';

/** What the first bytes of a connection ask for, and how many bytes that took. */
export interface Greeting {
  readonly bytes: number;
  readonly kind: 'encryption' | 'cancel' | 'startup';
}

/** Reads one start packet: int32 length, int32 code. `undefined` while it is not complete. */
export function readGreeting(bytes: Buffer): Greeting | undefined {
  if (bytes.length < 8) return undefined;
  const length = bytes.readInt32BE(0);
  if (length < 8 || length > 10_000) throw new RangeError('not a Postgres start packet');
  if (bytes.length < length) return undefined;

  const code = bytes.readInt32BE(4);
  if (code === STARTUP_CODE.ssl || code === STARTUP_CODE.gss)
    return { bytes: length, kind: 'encryption' };
  if (code === STARTUP_CODE.cancel) return { bytes: length, kind: 'cancel' };
  return { bytes: length, kind: 'startup' };
}

/** Neither TLS nor GSS: the bytes never leave this machine. */
export const NO_ENCRYPTION = Buffer.from('N');

/** "You are in": who may connect is decided by the permissions of folder and socket. */
export const WELCOME = Buffer.concat([
  message(FROM_SERVER.authentication, int32(0)),
  parameter('server_version', '18.0'),
  parameter('server_encoding', 'UTF8'),
  parameter('client_encoding', 'UTF8'),
  parameter('DateStyle', 'ISO, MDY'),
  parameter('TimeZone', 'UTC'),
  parameter('integer_datetimes', 'on'),
  parameter('standard_conforming_strings', 'on'),
  message(FROM_SERVER.backendKey, int32(1), int32(1)),
  readyForQuery('I'),
]);

function parameter(name: string, value: string): Buffer {
  return message(FROM_SERVER.parameter, cstrings(name, value));
}
