/**
 * Directories that speak LDAP, as operations see them: people who prove their password there, and
 * lists of all of them.
 *
 * @module
 */
import type { DirectoryStepName } from '../domain/upstreams/trial.ts';
import type { Assertion, LdapUpstream, UpstreamSecrets } from '../domain/upstreams/upstream.ts';
import type { DirectoryFaultCode } from '../domain/upstreams/ldap/fault.ts';

/** Settings of a directory with what opens it. */
export interface Reached {
  readonly upstream: LdapUpstream;
  readonly secrets: UpstreamSecrets;
}

export type Authentication =
  | { readonly kind: 'right'; readonly assertion: Assertion }
  /** The password was right, and the directory lets nobody in with it. */
  | { readonly kind: 'disabled'; readonly assertion: Assertion }
  /** `expired`: right, and to be changed first. `locked`: nobody knows. */
  | { readonly kind: 'wrong' | 'unknown_name' | 'expired' | 'locked' }
  /** Several entries answer to the name: none of them is let in. */
  | { readonly kind: 'ambiguous' };

export type FoundPerson =
  | { readonly kind: 'found'; readonly assertion: Assertion }
  | { readonly kind: 'unknown_name' | 'ambiguous' };

export interface PeoplePage {
  readonly people: readonly Assertion[];
  /** DNs of entries without a subject: nobody would know them again. */
  readonly unusable: readonly string[];
}

/** One thing that was tried, for the page that tests an upstream. Holds no secret. */
export interface DirectoryStep {
  readonly step: DirectoryStepName;
  readonly server: string;
  readonly sent: string;
  readonly received: string;
  /** `undefined` when it went well. */
  readonly fault: DirectoryStepFault | undefined;
}

export type DirectoryStepFault =
  | DirectoryFaultCode
  | 'unknown_name'
  | 'ambiguous'
  | 'password_wrong'
  | 'account_disabled'
  | 'account_locked'
  | 'password_expired'
  | 'nobody_there';

export interface DirectoryCheck {
  /** In the order they were tried; all servers are reached, the first that can be is asked. */
  readonly steps: readonly DirectoryStep[];
  /** When a login was given and found. */
  readonly assertion: Assertion | undefined;
}

/** Every function throws `DirectoryFailure` when the directory cannot be asked. */
export interface Directory {
  /** An empty password is never right. */
  authenticate(reached: Reached, login: string, password: string): Promise<Authentication>;
  /** Whether the password is that of the subject, who may sign in. */
  proveAgain(reached: Reached, subject: string, password: string): Promise<boolean>;
  find(reached: Reached, login: string): Promise<FoundPerson>;
  /** Everybody the filter for people takes, by pages. A failure in the middle ends it. */
  listPeople(reached: Reached): AsyncIterable<PeoplePage>;
  /** Of these subjects, those the filter for people still takes. */
  stillThere(reached: Reached, subjects: readonly string[]): Promise<ReadonlySet<string>>;
  /** Tries everything, and does not throw. */
  check(reached: Reached, person: CheckedPerson): Promise<DirectoryCheck>;
}

export interface CheckedPerson {
  readonly login?: string | undefined;
  readonly password?: string | undefined;
}
