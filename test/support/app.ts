/**
 * The whole server in process, on a real database and a real port, with time that stands still.
 *
 * @module
 */
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig } from '../../src/config/load.ts';
import { tokenHash } from '../../src/crypto/digest.ts';
import type { FetchOutside } from '../../src/domain/fetched.ts';
import type { Permission } from '../../src/domain/permissions.ts';
import type { User } from '../../src/domain/user.ts';
import { createLog } from '../../src/http/log.ts';
import { createContext } from '../../src/wiring/context.ts';
import { createServer } from '../../src/wiring/server.ts';
import { createConformance, type OpenApiDocument } from './api-conformance.ts';
import { atEnd } from './at-end.ts';
import { emptyTables } from './database.ts';
import { createVisitor, type Visitor } from './visitor.ts';
import { PASSWORD, testWorld } from './world.ts';

export const PUBLIC_URL = 'https://auth.example.org';

interface ApiCall {
  readonly key?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @param environment Settings on top of those tests need. */
export async function testApp(environment: Readonly<Record<string, string>> = {}) {
  const world = await testWorld();
  const config = loadConfig({ PUBLIC_URL, ROOMKEY_SECRET: '07'.repeat(32), ...environment });
  const logLines: string[] = [];
  const log = createLog('info', { write: (line) => void logLines.push(line) });
  const ownContext = async () => {
    const made = await createContext({ ...world, config, log });
    return { ...made, makeKey: world.makeKey, fetchOutside: onlyHere(made.fetchOutside) };
  };
  const context = { ...(await ownContext()), catalog: world.catalog };
  const base = await listen(context);
  let conformance: Promise<ReturnType<typeof createConformance>> | undefined;
  return {
    ...world,
    context,
    base,
    /** Everything logged so far, as one text. */
    log: () => logLines.join(''),
    /** As new: nothing is stored, nothing was logged. */
    async empty() {
      await emptyTables(world.database);
      await world.stores.catalogVersion.bump();
      await world.catalog.refresh();
      logLines.length = 0;
    },
    /** Another process on the same database, with a memory of its own. */
    twin: async () => ({ base: await listen(await ownContext()) }),
    visitor,
    person,
    signedIn,
    apiKey,
    api,
  };

  /** A key of these scopes, made by an administrator (or by somebody else), and its token. */
  async function apiKey(scopes: readonly Permission[], maker?: User): Promise<string> {
    const { id } = maker ?? (await world.addUser({ role: 'administrator' }));
    const token = `rk_${world.random.token()}`;
    const key = {
      id: world.random.uuid(),
      name: 'test',
      scopes,
      createdBy: id,
      createdAt: world.clock.now(),
      expiresAt: undefined,
      lastUsedAt: undefined,
      revokedAt: undefined,
    };
    await world.stores.apiKeys.add(key, tokenHash(token));
    return token;
  }

  /** Every answer that a test gets is held against the API's own description. */
  async function expectAsPromised(method: string, path: string, answer: Response, text: string) {
    if (!path.startsWith('/api/v1')) return;
    conformance ??= fetch(`${base}/api/openapi.json`)
      .then((description) => description.json())
      .then((document) => createConformance(document as OpenApiDocument));
    const { status, headers } = answer;
    const contentType = headers.get('Content-Type') ?? undefined;
    const fault = (await conformance)({ method, path, status, contentType, text });
    if (fault !== undefined) throw new Error(fault);
  }

  /** Calls the API as a program would. */
  async function api(method: string, path: string, call: ApiCall = {}) {
    const { key, body, headers = {} } = call;
    const response = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    await expectAsPromised(method, path, response, text);
    const isJson = response.headers.get('Content-Type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }

  /** A browser of its own. */
  function visitor(): Visitor {
    return createVisitor(base, config.publicUrl?.origin ?? base);
  }

  /** Somebody who can sign in with `PASSWORD`. */
  async function person(username: string, groups: readonly string[] = ['staff']): Promise<User> {
    const user = await world.addUser({ username, groups });
    await world.givePassword(user);
    return user;
  }

  /** A person of these groups, and their browser, signed in. */
  async function signedIn(username: string, groups?: readonly string[]) {
    const user = await person(username, groups);
    const browser = visitor();
    await browser.signIn(username, PASSWORD);
    return { user, visitor: browser };
  }
}

/** Gives the address; stops after the tests. */
async function listen(context: Parameters<typeof createServer>[0]): Promise<string> {
  const answer = createServer(context).callback();
  const server = createHttpServer(
    { maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 },
    (request, response) => void answer(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Tests send nothing to the addresses of their examples. */
function onlyHere(fetchOutside: FetchOutside): FetchOutside {
  return async (address) =>
    ['127.0.0.1', 'localhost'].includes(address.hostname)
      ? fetchOutside(address)
      : { kind: 'failure', code: 'unreachable', message: 'tests stay on this machine' };
}
