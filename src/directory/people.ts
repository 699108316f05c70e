/**
 * Search, then bind: one entry answers to a name, and its own password is what opens it.
 *
 * @module
 */
import { AndFilter, EqualityFilter, type Filter, OrFilter } from 'ldapts';
import type { Clock } from '../domain/clock.ts';
import { isAccountDisabled } from '../domain/upstreams/ldap/account-state.ts';
import { isGuid, subjectOf, toAssertion } from '../domain/upstreams/ldap/assertion.ts';
import { answersTo, type DirectoryEntry } from '../domain/upstreams/ldap/entry.ts';
import { DirectoryFailure } from '../domain/upstreams/ldap/fault.ts';
import { loginAttributes, readLogin } from '../domain/upstreams/ldap/filter.ts';
import { guidBytes } from '../domain/upstreams/ldap/guid.ts';
import type { Assertion, LdapUpstream } from '../domain/upstreams/upstream.ts';
import type { Authentication, FoundPerson } from './directory.ts';
import { filterFor, readFilter } from './filters.ts';
import { type GroupSource, groupNames, searchedGroups } from './groups.ts';
import { type BindOutcome, personAttributes, type Session } from './session.ts';

export interface PersonDeps {
  readonly session: Session;
  readonly upstream: LdapUpstream;
  readonly clock: Clock;
}

/** Tried where nobody is found, so that this takes the same steps. It opens nothing. */
const NO_PASSWORD = 'nobody answers to this name';
/** Subjects in one search. */
const AT_ONCE = 50;

export type FoundEntry =
  | { readonly kind: 'found'; readonly entry: DirectoryEntry }
  | { readonly kind: 'unknown_name' | 'ambiguous' };

/** @throws {DirectoryFailure} */
export async function provePassword(
  deps: PersonDeps,
  login: string,
  password: string,
): Promise<Authentication> {
  const { session, upstream } = deps;
  const found = await findEntry(deps, login);
  if (found.kind !== 'found') {
    await session.bindAs(upstream.baseDn, NO_PASSWORD);
    return { kind: found.kind };
  }
  const outcome = await session.bindAs(found.entry.dn, password);
  if (!isProved(outcome)) return { kind: outcome };

  // Groups are read with the rights of the service account, not with those of the person.
  await session.bindService();
  const assertion = await describe(deps, searchedGroups(session, upstream), found.entry);
  return { kind: outcome === 'disabled' || assertion.disabled ? 'disabled' : 'right', assertion };
}

/** @throws {DirectoryFailure} */
export async function proveSubject(
  { session, upstream, clock }: PersonDeps,
  subject: string,
  password: string,
): Promise<boolean> {
  const [entry, another] = await session.search({
    baseDn: upstream.baseDn,
    filter: hasSubject(upstream.subjectAttribute, subject),
    attributes: personAttributes(upstream),
    sizeLimit: 2,
  });
  if (!entry || another || isAccountDisabled(entry, clock.now())) return false;
  return (await session.bindAs(entry.dn, password)) === 'right';
}

function isProved(outcome: BindOutcome): outcome is 'right' | 'disabled' {
  return outcome === 'right' || outcome === 'disabled';
}

/** @throws {DirectoryFailure} */
export async function findPerson(deps: PersonDeps, login: string): Promise<FoundPerson> {
  const found = await findEntry(deps, login);
  if (found.kind !== 'found') return { kind: found.kind };
  const source = searchedGroups(deps.session, deps.upstream);
  return { kind: 'found', assertion: await describe(deps, source, found.entry) };
}

/** @throws {DirectoryFailure} */
export async function findEntry(
  { session, upstream }: Pick<PersonDeps, 'session' | 'upstream'>,
  typed: string,
): Promise<FoundEntry> {
  const login = readLogin(typed);
  if (login === undefined) return { kind: 'unknown_name' };
  const [entry, another] = await session.search({
    baseDn: upstream.baseDn,
    filter: filterFor(upstream.userFilter, login),
    attributes: [...personAttributes(upstream), ...loginAttributes(upstream.userFilter)],
    sizeLimit: 2,
  });
  if (another) return { kind: 'ambiguous' };
  return entry && answersTo(entry, login) ? { kind: 'found', entry } : { kind: 'unknown_name' };
}

/** @throws {DirectoryFailure} `subject_missing`. */
async function describe(
  { upstream, clock }: PersonDeps,
  source: GroupSource,
  entry: DirectoryEntry,
): Promise<Assertion> {
  const groups = await groupNames(source, upstream, entry);
  const assertion = toAssertion(upstream, entry, { groups, now: clock.now() });
  if (assertion) return assertion;
  const { subjectAttribute } = upstream;
  throw new DirectoryFailure('subject_missing', `${subjectAttribute} of ${entry.dn}`);
}

/** @throws {DirectoryFailure} */
export async function subjectsThere(
  { session, upstream }: Pick<PersonDeps, 'session' | 'upstream'>,
  subjects: readonly string[],
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  const isPerson = readFilter(upstream.peopleFilter);
  for (let from = 0; from < subjects.length; from += AT_ONCE) {
    const filters = subjects
      .slice(from, from + AT_ONCE)
      .map((subject) => hasSubject(upstream.subjectAttribute, subject));
    const entries = await session.search({
      baseDn: upstream.baseDn,
      filter: new AndFilter({ filters: [isPerson, new OrFilter({ filters })] }),
      attributes: [upstream.subjectAttribute],
    });
    for (const entry of entries) there.add(subjectOf(upstream, entry) ?? '');
  }
  return there;
}

function hasSubject(attribute: string, subject: string): Filter {
  const bytes = isGuid(attribute) ? guidBytes(subject) : undefined;
  return new EqualityFilter({ attribute, value: bytes ? Buffer.from(bytes) : subject });
}
