/**
 * People, as rules and tokens see them. The password never leaves the store.
 *
 * @module
 */
import type { UserRole } from './permissions.ts';

/** What an attribute may hold. Set by the administrator or an upstream, never by the person. */
export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface User {
  /** UUID. */
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | undefined;
  readonly avatarUrl: string | undefined;
  /** BCP 47 tag of one of our catalogues. */
  readonly language: string | undefined;
  readonly attributes: Attributes;
  /** `local`, or the slug of the upstream the person comes from. */
  readonly source: string;
  /** In the admin UI; `undefined` means none. */
  readonly role: UserRole | undefined;
  /** Names of the groups the person is in. */
  readonly groups: readonly string[];
  readonly disabledAt: Date | undefined;
  readonly createdAt: Date;
}

/** What people may change of themselves; no rule may trust it. */
export type Profile = Pick<User, 'displayName' | 'language' | 'avatarUrl'>;

/** A person of our own, of whom nothing but the name is known. */
export function newLocalUser(known: Pick<User, 'id' | 'username' | 'createdAt'>): User {
  return {
    displayName: known.username,
    email: undefined,
    avatarUrl: undefined,
    language: undefined,
    attributes: {},
    source: 'local',
    role: undefined,
    groups: [],
    disabledAt: undefined,
    ...known,
  };
}

/** Whether this is an administrator who can sign in. */
export function administers({ role, disabledAt }: Pick<User, 'role' | 'disabledAt'>): boolean {
  return role === 'administrator' && disabledAt === undefined;
}

/** The last administrator stays: numbers of those who administer, before and after a change. */
export function losesLastAdministrator(before: number, after: number): boolean {
  return before > 0 && after <= 0;
}

/**
 * The form in which names people sign in with are compared: NFKC, lower case, trimmed.
 * Usernames and e-mail addresses share one space of such keys.
 */
export function loginKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}
