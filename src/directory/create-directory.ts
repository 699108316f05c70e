import { checkDirectory } from './check.ts';
import type { Directory } from './directory.ts';
import { listPeople } from './list-people.ts';
import { findPerson, provePassword, proveSubject, subjectsThere } from './people.ts';
import { createServers, type ServersDeps } from './servers.ts';

/** Keeps in mind which servers failed a moment ago, and no connection. */
export function createDirectory(deps: ServersDeps): Directory {
  const { clock } = deps;
  const servers = createServers(deps);
  return {
    async authenticate({ upstream, secrets }, login, password) {
      // Bound with an empty password, anybody is nobody: a success that proves nothing.
      if (password === '') return { kind: 'wrong' };
      return servers.withSession(upstream, secrets, (session) =>
        provePassword({ session, upstream, clock }, login, password),
      );
    },
    proveAgain: ({ upstream, secrets }, subject, password) =>
      servers.withSession(upstream, secrets, (session) =>
        proveSubject({ session, upstream, clock }, subject, password),
      ),
    find: ({ upstream, secrets }, login) =>
      servers.withSession(upstream, secrets, (session) =>
        findPerson({ session, upstream, clock }, login),
      ),
    listPeople: (reached) => listPeople({ servers, clock }, reached),
    stillThere: ({ upstream, secrets }, subjects) =>
      servers.withSession(upstream, secrets, (session) =>
        subjectsThere({ session, upstream }, subjects),
      ),
    check: (reached, person) => checkDirectory(deps, reached, person),
  };
}
