/**
 * What a rule may know of a request, turned once per decision into what the rule engine reads.
 *
 * @module
 */
import type { Session } from '../session.ts';
import type { User } from '../user.ts';
import { parseAddress } from './network.ts';

/** How the person proved who they are. */
export interface AuthFacts {
  readonly methods: readonly string[];
  /** More than one factor. */
  readonly mfa: boolean;
  /** Since the proof. */
  readonly ageSeconds: number;
}

export interface Facts {
  readonly user: User;
  /** The canonical name. */
  readonly room: string;
  readonly tenant: string | undefined;
  readonly now: Date;
  readonly auth: AuthFacts;
  /** `undefined` when it cannot be believed: rules that need it fail. */
  readonly ip: string | undefined;
}

/** Opaque to all but the rule engine. Each part is made when first asked for. */
export interface RuleContext {
  readonly user: User;
  readonly groups: () => ReadonlySet<string>;
  /** `undefined` when there is none that can be believed. */
  readonly address: () => ReturnType<typeof parseAddress>;
  readonly ruleNames: () => Names;
  /** As `ruleNames`, with what people may change themselves. */
  readonly mappingNames: () => Names;
}

type Names = Readonly<Record<string, unknown>>;

/** Reads a sign-in as rules do. */
export function authFacts(
  session: Pick<Session, 'methods' | 'authenticatedAt'>,
  now: Date,
): AuthFacts {
  const methods: readonly string[] = session.methods;
  const age = (now.getTime() - session.authenticatedAt.getTime()) / 1000;
  return { methods, mfa: methods.includes('mfa'), ageSeconds: Math.max(0, Math.floor(age)) };
}

/** @param issuer the slug. */
export function ruleContext(facts: Facts, issuer: string): RuleContext {
  const { user, ip } = facts;
  const address = once(() => (ip === undefined ? undefined : parseAddress(ip)));
  const names = once(() => namesOf(facts, issuer, address()?.toString()));
  const own = { displayName: user.displayName, name: user.displayName, avatarUrl: user.avatarUrl };

  return {
    user,
    groups: once(() => new Set(user.groups)),
    address,
    ruleNames: once(() => ({ ...names(), user: bare(trusted(user)) })),
    mappingNames: once(() => ({ ...names(), user: bare({ ...trusted(user), ...own }) })),
  };
}

function namesOf(
  { room, tenant, now, auth }: Facts,
  issuer: string,
  ip: string | undefined,
): Names {
  const age = BigInt(Math.floor(auth.ageSeconds));
  const names = { room, tenant: tenant ?? '', issuer, now };
  return bare({ ...names, auth: { methods: auth.methods, mfa: auth.mfa, age }, ip });
}

function trusted({ id, username, email, attributes, groups, source }: User): Names {
  return { id, username, email, attributes: bare(attributes), groups, source };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Without a prototype, without the absent; whole numbers as the engine's integers. */
function bare(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    result[name] = Number.isSafeInteger(value) ? BigInt(Number(value)) : value;
  }
  return result;
}
