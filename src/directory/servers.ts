/**
 * The servers of a directory, in the order they were named. One that failed is left alone for some
 * seconds: nobody waits for it again and again.
 *
 * @module
 */
import type { Clock } from '../domain/clock.ts';
import { DirectoryFailure, isOfOneServer } from '../domain/upstreams/ldap/fault.ts';
import type { LdapUpstream, UpstreamSecrets } from '../domain/upstreams/upstream.ts';
import { type ConnectionDeps, openConnection } from './connection.ts';
import { type Session, sessionOn } from './session.ts';

const REST_MS = 10_000;

export interface ServersDeps extends ConnectionDeps {
  readonly clock: Clock;
}

/** Work begins anew on the next server when one fails in the middle of it. */
export type WithSession = <T>(
  upstream: LdapUpstream,
  secrets: UpstreamSecrets,
  work: (session: Session) => Promise<T>,
) => Promise<T>;

export interface Servers {
  readonly withSession: WithSession;
  /** For work that cannot begin anew; whoever asks closes it. */
  readonly open: (upstream: LdapUpstream, secrets: UpstreamSecrets) => Promise<Session>;
}

interface Resting {
  readonly until: number;
  readonly failure: DirectoryFailure;
}

export function createServers(deps: ServersDeps): Servers {
  const resting = new Map<string, Resting>();

  const onFirst = async <T>(upstream: LdapUpstream, work: (url: string) => Promise<T>) => {
    let last: DirectoryFailure | undefined;
    for (const url of upstream.urls) {
      const key = `${upstream.id} ${url}`;
      const rest = resting.get(key);
      if (rest && rest.until > deps.clock.now().getTime()) {
        last = rest.failure;
        continue;
      }
      resting.delete(key);
      try {
        return await work(url);
      } catch (error) {
        if (!(error instanceof DirectoryFailure) || !isOfOneServer(error)) throw error;
        resting.set(key, { until: deps.clock.now().getTime() + REST_MS, failure: error });
        last = error;
      }
    }
    throw last ?? new DirectoryFailure('unreachable', 'no server is named');
  };

  const openOn = async (url: string, upstream: LdapUpstream, secrets: UpstreamSecrets) => {
    const session = sessionOn(await openConnection(deps, upstream, url), url, {
      upstream,
      secrets,
    });
    try {
      await session.bindService();
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  };

  return {
    open: (upstream, secrets) => onFirst(upstream, (url) => openOn(url, upstream, secrets)),
    withSession: (upstream, secrets, work) =>
      onFirst(upstream, async (url) => {
        const session = await openOn(url, upstream, secrets);
        try {
          return await work(session);
        } finally {
          session.close();
        }
      }),
  };
}
