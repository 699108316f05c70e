/**
 * `roomkey serve`: from settings to an address to open, and an orderly end.
 *
 * @module
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { isDatabaseLoss } from '../http/database-loss.ts';
import { isSetupOpen, makeSetupToken } from '../operations/setup.ts';
import { adoptEnvironment } from './adopt-environment.ts';
import { Refusal } from './commands/command.ts';
import { type AppContext, createContext } from './context.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { startJobs } from './jobs.ts';
import { createServer } from './server.ts';

export interface RunningServer {
  /** Where this process listens: `http://127.0.0.1:3000`. */
  readonly address: string;
  /** Stops taking requests, lets those under way end, and closes what was opened. */
  stop(): Promise<void>;
}

/** Jitsi's `state` travels in the address, and that in `returnTo`. */
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer than proxies keep theirs (nginx: 60 s), so that none sends into a closing connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Requests still under way after this are cut off: orchestrators kill after ten seconds. */
const DRAIN_MS = 8000;
/** A database that starts beside us may need a while. */
const DATABASE_ATTEMPTS = 30;
const DATABASE_RETRY_MS = 2000;

/**
 * @param tell Says something to the operator: the address, and the setup link.
 * @param signal Gives up waiting for the database.
 */
export async function serve(
  config: Config,
  tell: (line: string) => void,
  signal?: AbortSignal,
): Promise<RunningServer> {
  const foundation = await foundationInTime(config, tell, signal);
  let { port } = config;
  const context = await createContext(foundation, () => port);
  const stopJobs = startJobs(context);

  const answer = createServer(context).callback();
  const server = createHttpServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    },
    (request, response) => void answer(request, response),
  );
  try {
    if (config.bridge) await adoptEnvironment(context, config.bridge, tell);
    await listen(server, config);
  } catch (error) {
    // What is open would keep the process alive, silent and serving nobody.
    await stopJobs();
    await foundation.database.close();
    throw error;
  }
  ({ port } = server.address() as AddressInfo);

  warnOfSecrets(context, tell);
  tell(`Roomkey is at ${context.publicUrl().origin}`);
  if (await isSetupOpen(foundation.stores)) {
    const token = await makeSetupToken(foundation);
    tell('Set it up here (the link works once, for 24 hours; roomkey setup-link makes another):');
    tell(`  ${context.publicUrl().origin}/setup?token=${token}`);
  }

  let stopping: Promise<void> | undefined;
  return {
    address: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    stop: () => (stopping ??= stop()),
  };

  async function stop(): Promise<void> {
    context.readiness.drain();
    await close(server);
    await stopJobs();
    await foundation.database.close();
  }
}

/** At every start, until they are replaced. */
function warnOfSecrets({ catalog }: AppContext, tell: (line: string) => void): void {
  for (const { issuer } of catalog.current().bySlug.values())
    if (issuer.weakSecret)
      tell(
        `The secret of the issuer ${issuer.slug} is too short for ${issuer.algorithm} and can be guessed: replace it here and in Prosody (openssl rand -hex 32).`,
      );
}

async function foundationInTime(
  config: Config,
  tell: (line: string) => void,
  signal?: AbortSignal,
): Promise<Foundation> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await layFoundation(config, 'server');
    } catch (error) {
      if (!isDatabaseLoss(error) || attempt === DATABASE_ATTEMPTS) throw error;
      if (attempt === 1) tell('The database does not answer yet; trying again for a minute.');
      await sleep(DATABASE_RETRY_MS, undefined, signal ? { signal } : {});
    }
  }
}

type Listening = Pick<Config, 'port' | 'host'>;

function listen(server: Server, { port, host }: Listening): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(whyNoPort(error, { port, host }));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function whyNoPort(error: NodeJS.ErrnoException, { port, host }: Listening): Error {
  const at = `Port ${port} of ${host}`;
  if (error.code === 'EADDRINUSE')
    return new Refusal(`${at} is taken: end what listens there, or set PORT to another.`);
  if (error.code === 'EACCES')
    return new Refusal(`${at} is not ours to listen on: set PORT to one above 1023.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Refusal(`${host} is no address of this machine: set HOST to one that is.`);
  return error;
}

/** Idle connections end at once; busy ones when they have answered, or when time is up. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
