/**
 * A small Koa app on loopback, and a client that may send any header, which `fetch` may not.
 *
 * @module
 */
import { once } from 'node:events';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import Koa, { type Middleware } from 'koa';
import { createCsrf } from '../../src/http/csrf.ts';
import { answerErrors } from '../../src/http/errors.ts';
import { jsonErrors } from '../../src/http/json-errors.ts';
import { loadMessages } from '../../src/http/messages.ts';
import type { Log } from '../../src/http/log.ts';
import { believePublicUrl } from '../../src/http/public-origin.ts';
import { nameRequests } from '../../src/http/request-id.ts';

const wordings = loadMessages(path.join(import.meta.dirname, '../../views/locales'));
export const PUBLIC_URL = new URL('https://auth.example.org');
export const csrf = createCsrf(Buffer.alloc(32, 7), { token: () => 'visitor-secret' });

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export function memoryLog(): { readonly lines: LogLine[]; readonly log: Log } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: Record<string, unknown>) => {
    lines.push({ level, fields });
  };
  return { lines, log: { info: at('info'), warn: at('warn'), error: at('error') } };
}

/** Asks an app made of the given middleware, with JSON errors, once. */
export async function ask(
  middleware: readonly Middleware[],
  path: string,
  { method = 'GET', headers = {}, body }: Ask = {},
  { publicUrl = PUBLIC_URL, log = memoryLog().log } = {},
): Promise<Answer> {
  const app = new Koa();
  believePublicUrl(app, () => publicUrl);
  app.use(nameRequests({ reference: () => 'REF00001' }));
  app.use(answerErrors(log, jsonErrors(wordings('en'))));
  for (const each of middleware) app.use(each);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await send(server, path, { method, headers, ...(body === undefined ? {} : { body }) });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function send(server: Server, path: string, { method, headers, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const port = (server.address() as AddressInfo).port;
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    if (body === undefined || headers?.['Transfer-Encoding']) outgoing.end(body);
    else outgoing.setHeader('Content-Length', Buffer.byteLength(body)).end(body);
  });
}

/** The code of a JSON error answer. */
export function codeOf({ text }: Answer): unknown {
  return (JSON.parse(text) as { error: { code: unknown } }).error.code;
}
