import type { Clock } from '../domain/clock.ts';
import { toAssertion } from '../domain/upstreams/ldap/assertion.ts';
import type { Assertion } from '../domain/upstreams/upstream.ts';
import type { PeoplePage, Reached } from './directory.ts';
import { readFilter } from './filters.ts';
import { readGroups } from './group-index.ts';
import { groupNames } from './groups.ts';
import type { Servers } from './servers.ts';
import { personAttributes } from './session.ts';

/** @throws {DirectoryFailure} */
export async function* listPeople(
  { servers, clock }: { readonly servers: Pick<Servers, 'open'>; readonly clock: Clock },
  { upstream, secrets }: Reached,
): AsyncGenerator<PeoplePage> {
  const query = {
    baseDn: upstream.baseDn,
    filter: readFilter(upstream.peopleFilter),
    attributes: personAttributes(upstream),
  };
  const session = await servers.open(upstream, secrets);
  try {
    const source = await readGroups(session, upstream);
    for await (const page of session.pages(query, upstream.pageSize)) {
      const people: Assertion[] = [];
      const unusable: string[] = [];
      for (const entry of page) {
        const groups = await groupNames(source, upstream, entry);
        const assertion = toAssertion(upstream, entry, { groups, now: clock.now() });
        if (assertion) people.push(assertion);
        else unusable.push(entry.dn);
      }
      yield { people, unusable };
    }
  } finally {
    session.close();
  }
}
