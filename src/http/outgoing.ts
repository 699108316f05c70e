/**
 * Requests of our own, to addresses that were configured: a short time, a small answer, no
 * redirect. A name is resolved once, and what was judged is what is connected to: no second answer
 * of the DNS can lead elsewhere.
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress, kindOfAddress } from '../domain/address-kind.ts';
import type {
  FetchFailureCode,
  FetchOutside,
  FetchPicture,
  OutgoingRequest,
  PictureReach,
  SendOutside,
} from '../domain/fetched.ts';

/**
 * Nothing came, or nothing we take. Its cause is in the message alone: as `cause` its code would
 * read like that of a lost database.
 */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly code: FetchFailureCode;

  constructor(code: FetchFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Fetched {
  readonly status: number;
  /** The body as UTF-8. */
  readonly text: string;
  readonly cacheControl: string | undefined;
}

export interface Sent {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as UTF-8. */
  readonly text: string;
}

export interface Outgoing {
  /** @throws {FetchFailure} */
  get(address: URL): Promise<Fetched>;
  /** @throws {FetchFailure} */
  postForm(address: URL, form: URLSearchParams): Promise<Fetched>;
  /** @throws {FetchFailure} */
  send(request: OutgoingRequest): Promise<Sent>;
  /** The bytes of a good answer.
   * @throws {FetchFailure} */
  getBytes(address: URL, reach: PictureReach): Promise<Uint8Array | undefined>;
}

interface Resolved {
  readonly address: string;
  readonly family: number;
}

export interface OutgoingDeps {
  /** May be this very machine's. */
  readonly publicUrl: () => URL;
  /** All other addresses of this machine: `ALLOW_LOOPBACK`. */
  readonly allowLoopback: boolean;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly resolve?: (host: string) => Promise<readonly Resolved[]>;
}

const resolveHost = (host: string) => lookup(host, { all: true });

export function createOutgoing(deps: OutgoingDeps): Outgoing {
  const { publicUrl, allowLoopback } = deps;
  const { timeoutMs = 5000, maxBytes = 1024 * 1024, resolve = resolveHost } = deps;

  const ask = async (request: OutgoingRequest, reach: PictureReach = 'network') => {
    const { address } = request;
    const isLoopbackFine = allowLoopback || address.origin === publicUrl().origin;
    const mayConnect = (ip: string) => {
      const kind = kindOfAddress(ip);
      if (kind === 'network') return reach === 'network' || isPublicAddress(ip);
      return kind === 'loopback' && isLoopbackFine;
    };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      refuseLiteral(address, mayConnect);
      const connection = { signal, lookup: pin(resolve, mayConnect) };
      const response = await send(request, connection);
      return await read(response, maxBytes);
    } catch (error) {
      if (error instanceof FetchFailure) throw error;
      if (signal.aborted) throw new FetchFailure('too_slow', `no whole answer in ${timeoutMs} ms`);
      throw new FetchFailure('unreachable', reasonOf(error));
    }
  };

  return {
    get: async (address) => asFetched(asText(await ask({ address, method: 'GET' }))),
    postForm: async (address, form) =>
      asFetched(asText(await ask({ address, ...POST_FORM, body: form.toString() }))),
    send: async (request) => asText(await ask(request)),
    getBytes: async (address, reach) => {
      const { status, bytes } = await ask({ address, method: 'GET' }, reach);
      return status === 200 ? bytes : undefined;
    },
  };
}

function asFetched({ status, text, headers }: Sent): Fetched {
  return { status, text, cacheControl: headers['cache-control'] };
}

/** The same with failures as values, for what tells of them. */
export function fetchOutside(outgoing: Outgoing): FetchOutside {
  return async (address) => {
    try {
      return { kind: 'answer', ...(await outgoing.get(address)) };
    } catch (error) {
      return asFailure(error);
    }
  };
}

/** The same for requests of any shape. */
export function sendOutside(outgoing: Pick<Outgoing, 'send'>): SendOutside {
  return async (request) => {
    try {
      return { kind: 'answer', ...(await outgoing.send(request)) };
    } catch (error) {
      return asFailure(error);
    }
  };
}

/** A picture, or none. */
export function fetchPicture(outgoing: Pick<Outgoing, 'getBytes'>): FetchPicture {
  return async (address, reach) => {
    try {
      return await outgoing.getBytes(address, reach);
    } catch (error) {
      if (error instanceof FetchFailure) return undefined;
      throw error;
    }
  };
}

function asFailure(error: unknown) {
  if (!(error instanceof FetchFailure)) throw error;
  return { kind: 'failure', code: error.code, message: error.message } as const;
}

/** Nobody looks an address up that is written in figures. */
function refuseLiteral({ hostname }: URL, mayConnect: (ip: string) => boolean): void {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal) !== 0 && !mayConnect(literal)) throw refused(literal);
}

function pin(
  resolve: (host: string) => Promise<readonly Resolved[]>,
  mayConnect: (ip: string) => boolean,
): LookupFunction {
  return (host, { all }, done) => {
    const judge = (found: readonly Resolved[]) => {
      const fine = found.filter(({ address }) => mayConnect(address));
      const [first] = fine;
      if (!first) done(refused(found.map(({ address }) => address).join(', ')), '');
      else if (all) done(null, fine);
      else done(null, first.address, first.family);
    };
    const fail = (error: NodeJS.ErrnoException) => done(error, '');
    resolve(host).then(judge, fail);
  };
}

function refused(ip: string): FetchFailure {
  return new FetchFailure('address_refused', `${ip} is no address Roomkey sends requests to`);
}

const POST_FORM = {
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
} as const;

function send(
  { address, method, headers, body }: OutgoingRequest,
  connection: { readonly signal: AbortSignal; readonly lookup: LookupFunction },
): Promise<IncomingMessage> {
  const request = address.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    // No agent: a connection that is kept would outlive the judgement of its address.
    const options = { ...connection, method, headers: { ...headers }, agent: false };
    request(address, options).once('response', resolve).once('error', reject).end(body);
  });
}

type Received = Omit<Sent, 'text'> & { readonly bytes: Buffer };

function asText({ bytes, ...sent }: Received): Sent {
  return { ...sent, text: bytes.toString('utf8') };
}

async function read(response: IncomingMessage, maxBytes: number): Promise<Received> {
  const { statusCode: status = 0 } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    if (status >= 300 && status < 400)
      throw new FetchFailure('redirected', `redirects (${status})`);
    for await (const chunk of response) {
      const part = Buffer.from(chunk);
      bytes += part.length;
      if (bytes > maxBytes)
        throw new FetchFailure('too_large', `answers with more than ${maxBytes} bytes`);
      chunks.push(part);
    }
  } finally {
    response.destroy();
  }
  return { status, headers: textsOf(response.headers), bytes: Buffer.concat(chunks) };
}

function textsOf(headers: IncomingMessage['headers']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(', ') : value;
  return texts;
}

/** `ECONNREFUSED`, else what node says. Of several addresses tried, the last one's. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors.at(-1));
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
