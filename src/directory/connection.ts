/**
 * One connection to one server of a directory, safe before anything is said on it.
 *
 * The library is handed a socket that is connected and encrypted already, once: it would otherwise
 * come back by itself after a loss, in the clear where StartTLS had been.
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { isIP, connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { Client } from 'ldapts';
import { kindOfAddress } from '../domain/address-kind.ts';
import type { LdapUpstream } from '../domain/upstreams/upstream.ts';
import { DirectoryFailure } from '../domain/upstreams/ldap/fault.ts';
import { failureOf, reasonOf } from './failure.ts';

export interface ConnectionDeps {
  /** Addresses of this very machine: `ALLOW_LOOPBACK`. */
  readonly allowLoopback: boolean;
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}

export type ConnectionSettings = Pick<LdapUpstream, 'security' | 'ca' | 'timeoutSeconds'>;

/** What was done, for those who look over our shoulder. */
export type OnStep = (step: 'resolve' | 'connect' | 'tls', told: string) => void;

const START_TLS = '1.3.6.1.4.1.1466.20037';

/** @throws {DirectoryFailure} */
export async function openConnection(
  deps: ConnectionDeps,
  settings: ConnectionSettings,
  url: string,
  onStep: OnStep = () => {},
): Promise<Client> {
  const { host, port, isEncrypted } = readUrl(url);
  const addresses = await judgedAddresses(deps, host, url);
  onStep('resolve', addresses.join(', '));

  const timeoutMs = settings.timeoutSeconds * 1000;
  const plain = await connectFirst(addresses, { port, timeoutMs, url });
  onStep('connect', `${plain.remoteAddress}:${port}`);
  if (!isEncrypted && settings.security === 'none') return clientOn(plain, timeoutMs);

  try {
    if (!isEncrypted) await askForTls(plain, timeoutMs);
    const { socket, told } = await encrypt(plain, { host, ca: settings.ca, timeoutMs, url });
    onStep('tls', told);
    return clientOn(socket, timeoutMs);
  } catch (error) {
    plain.destroy();
    throw failureOf(error, url);
  }
}

function readUrl(url: string) {
  const { protocol, hostname, port } = new URL(url);
  const isEncrypted = protocol === 'ldaps:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isEncrypted ? 636 : 389) : Number(port),
    isEncrypted,
  };
}

/** Looked up once: what was judged is what is connected to. */
async function judgedAddresses(
  { allowLoopback, resolve = resolveHost }: ConnectionDeps,
  host: string,
  url: string,
): Promise<readonly string[]> {
  const found = await resolve(host).catch((error: unknown) => {
    throw new DirectoryFailure('unreachable', reasonOf(error), url);
  });
  const fine = found.filter((address) => {
    const kind = kindOfAddress(address);
    return kind === 'network' || (kind === 'loopback' && allowLoopback);
  });
  if (fine.length === 0) throw new DirectoryFailure('address_refused', found.join(', '), url);
  return fine;
}

async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

interface Reaching {
  readonly port: number;
  readonly timeoutMs: number;
  readonly url: string;
}

async function connectFirst(addresses: readonly string[], reaching: Reaching): Promise<Socket> {
  let last: unknown;
  for (const host of addresses) {
    try {
      return await connected(connectTcp({ host, port: reaching.port }), 'connect', reaching);
    } catch (error) {
      last = error;
    }
  }
  throw failureOf(last, reaching.url);
}

function connected<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  { timeoutMs, url }: Omit<Reaching, 'port'>,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      clearTimeout(timer);
      // Whatever else comes of it is of no interest any more.
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const late = () => fail(new DirectoryFailure('timeout', `no ${event} in ${timeoutMs} ms`, url));
    const timer = setTimeout(late, timeoutMs);
    const ended = () => fail(new DirectoryFailure('unreachable', 'connection closed', url));
    socket
      .once('error', fail)
      .once('close', ended)
      .once(event, () => {
        clearTimeout(timer);
        socket.off('error', fail).off('close', ended);
        resolve(socket);
      });
  });
}

/**
 * By a client of its own, thrown away with all it read: an answer that somebody put in front of the
 * encryption is not taken for one that came behind it.
 */
async function askForTls(plain: Socket, timeoutMs: number): Promise<void> {
  const client = clientOn(plain, timeoutMs);
  await client.exop(START_TLS).catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure.code === 'timeout') throw failure;
    throw new DirectoryFailure('starttls_refused', failure.message);
  });
  plain.removeAllListeners('data');
}

interface Encrypting extends Omit<Reaching, 'port'> {
  readonly host: string;
  readonly ca: string | undefined;
}

async function encrypt(plain: Socket, { host, ca, timeoutMs, url }: Encrypting) {
  const options: ConnectionOptions = {
    socket: plain,
    host,
    // An address is no server name (RFC 6066, section 3); the certificate must name it all the same.
    servername: isIP(host) === 0 ? host : '',
    ...(ca === undefined ? {} : { ca }),
  };
  const fail = (error: unknown) => {
    if (error instanceof DirectoryFailure && error.code === 'timeout') throw error;
    throw new DirectoryFailure('tls_failed', reasonOf(error), url);
  };
  const secure = connectTls(options);
  const socket = await connected(secure, 'secureConnect', { timeoutMs, url }).catch(fail);
  const issuer = socket.getPeerCertificate().issuer?.CN;
  return { socket, told: `${socket.getProtocol()}, ${String(issuer ?? 'no issuer')}` };
}

function clientOn(socket: Socket, timeoutMs: number): Client {
  let isTaken = false;
  return new Client({
    url: 'ldap://connected.invalid',
    timeout: timeoutMs,
    createConnection: () => {
      if (isTaken) throw new DirectoryFailure('unreachable', 'connection lost');
      isTaken = true;
      return socket;
    },
  });
}
