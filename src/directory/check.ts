/**
 * Tries a directory step by step, for the operator who sets it up.
 *
 * @module
 */
import type { DirectoryStepName } from '../domain/upstreams/trial.ts';
import type { Clock } from '../domain/clock.ts';
import { DirectoryFailure } from '../domain/upstreams/ldap/fault.ts';
import { fillFilter, tidyFilter } from '../domain/upstreams/ldap/filter.ts';
import type { Assertion } from '../domain/upstreams/upstream.ts';
import { type ConnectionDeps, openConnection } from './connection.ts';
import type {
  CheckedPerson,
  DirectoryCheck,
  DirectoryStep,
  DirectoryStepFault,
  Reached,
} from './directory.ts';
import { failureOf } from './failure.ts';
import { readFilter } from './filters.ts';
import { findEntry, findPerson, type PersonDeps } from './people.ts';
import { type BindOutcome, type Session, sessionOn } from './session.ts';

/** Of a list that only has to show that somebody is there. */
const SOME = 5;

interface Told {
  readonly received: string;
  readonly fault?: DirectoryStepFault | undefined;
}

/** Writes down what was tried. `undefined` when it failed: what builds on it is not tried. */
type Try = <T>(
  named: Pick<DirectoryStep, 'step' | 'sent'>,
  work: () => Promise<T>,
  tell: (result: T) => Told,
) => Promise<T | undefined>;

export async function checkDirectory(
  deps: ConnectionDeps & { readonly clock: Clock },
  reached: Reached,
  person: CheckedPerson,
): Promise<DirectoryCheck> {
  const steps: DirectoryStep[] = [];
  let session: Session | undefined;
  for (const url of reached.upstream.urls) {
    const opened = await reach(deps, reached, { url, steps });
    if (session) opened?.close();
    else session = opened;
  }
  if (!session) return { steps, assertion: undefined };
  try {
    const assertion = await ask({ ...deps, session, upstream: reached.upstream }, person, steps);
    return { steps, assertion };
  } finally {
    session.close();
  }
}

async function reach(
  deps: ConnectionDeps,
  { upstream, secrets }: Reached,
  { url, steps }: { readonly url: string; readonly steps: DirectoryStep[] },
): Promise<Session | undefined> {
  const sent = { resolve: new URL(url).hostname, connect: url, tls: tlsOf(upstream, url) };
  const reached: DirectoryStepName[] = [];
  try {
    const client = await openConnection(deps, upstream, url, (step, received) => {
      reached.push(step);
      steps.push({ step, server: url, sent: sent[step], received, fault: undefined });
    });
    return sessionOn(client, url, { upstream, secrets });
  } catch (error) {
    const { code, message } = failureOf(error, url);
    const step = (['resolve', 'connect', 'tls'] as const)[reached.length] ?? 'tls';
    steps.push({ step, server: url, sent: sent[step], received: message, fault: code });
    return undefined;
  }
}

function tlsOf({ ca, security }: Reached['upstream'], url: string): string {
  const how = url.startsWith('ldaps:') ? 'TLS' : security === 'none' ? 'nothing' : 'StartTLS';
  return `${how}, ${ca === undefined ? 'authorities of the system' : 'authority of this upstream'}`;
}

async function ask(
  deps: PersonDeps,
  { login, password }: CheckedPerson,
  steps: DirectoryStep[],
): Promise<Assertion | undefined> {
  const { session, upstream } = deps;
  const attempt = attempts(session, steps);

  const bound = await attempt(
    { step: 'bind', sent: upstream.bindDn ?? 'anonymous' },
    async () => {
      await session.bindService();
      return 'bound';
    },
    (received) => ({ received }),
  );
  if (bound === undefined) return undefined;

  const lists = [
    ['people', upstream.baseDn, upstream.peopleFilter],
    ['groups', upstream.groupBaseDn, upstream.groupFilter],
  ] as const;
  for (const [step, baseDn, filter] of lists)
    await attempt(
      { step, sent: `${baseDn} ${tidyFilter(filter)}` },
      () => some(session, baseDn, filter),
      (dns) =>
        dns.length > 0
          ? { received: dns.join('\n') }
          : { received: '0', ...(step === 'people' ? { fault: 'nobody_there' as const } : {}) },
    );
  if (login === undefined || login === '') return undefined;

  const found = await attempt(
    { step: 'person', sent: `${upstream.baseDn} ${fillFilter(upstream.userFilter, login)}` },
    () => findPerson(deps, login),
    (one) =>
      one.kind === 'found'
        ? { received: String(one.assertion.claims['dn']) }
        : { received: one.kind === 'ambiguous' ? '2' : '0', fault: one.kind },
  );
  if (found?.kind !== 'found') return undefined;

  if (password !== undefined && password !== '')
    await attempt(
      { step: 'password', sent: '••••••' },
      () => tryPassword(deps, login, password),
      (outcome) => ({ received: outcome, fault: FAULT_OF[outcome] }),
    );
  return found.assertion;
}

const FAULT_OF: Readonly<Record<BindOutcome, DirectoryStepFault | undefined>> = {
  right: undefined,
  wrong: 'password_wrong',
  disabled: 'account_disabled',
  locked: 'account_locked',
  expired: 'password_expired',
};

async function tryPassword(
  deps: PersonDeps,
  login: string,
  password: string,
): Promise<BindOutcome> {
  const found = await findEntry(deps, login);
  return found.kind === 'found' ? deps.session.bindAs(found.entry.dn, password) : 'wrong';
}

async function some(session: Session, baseDn: string, filter: string): Promise<readonly string[]> {
  const query = { baseDn, filter: readFilter(filter), attributes: ['1.1'], sizeLimit: SOME };
  return (await session.search(query)).map(({ dn }) => dn);
}

function attempts(session: Session, steps: DirectoryStep[]): Try {
  return async (named, work, tell) => {
    try {
      const result = await work();
      steps.push({ server: session.url, fault: undefined, ...named, ...tell(result) });
      return result;
    } catch (error) {
      if (!(error instanceof DirectoryFailure)) throw error;
      const { code: fault, message: received } = error;
      steps.push({ server: session.url, ...named, received, fault });
      return undefined;
    }
  };
}
