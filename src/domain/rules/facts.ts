/**
 * What a rule may know of a request, turned once per decision into what the rule engine reads.
 *
 * @module
 */
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

/** Opaque to all but the rule engine. Each part is made when it is first asked for. */
export interface RuleContext {
  readonly groups: () => ReadonlySet<string>;
  readonly address: () => ReturnType<typeof parseAddress>;
  readonly ruleNames: () => Readonly<Record<string, unknown>>;
  /** As `ruleNames`, with what people may change themselves. */
  readonly mappingNames: () => Readonly<Record<string, unknown>>;
  readonly user: User;
}

/** What a session says of its sign-in. */
export interface Proof {
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
}

/** Reads a sign-in as rules do. */
export function authFacts({ methods, authenticatedAt }: Proof, now: Date): AuthFacts {
  const age = (now.getTime() - authenticatedAt.getTime()) / 1000;
  return { methods, mfa: methods.includes('mfa'), ageSeconds: Math.max(0, Math.floor(age)) };
}

/** @param issuer the slug. */
export function ruleContext(facts: Facts, issuer: string): RuleContext {
  const { user, room, tenant, now, auth, ip } = facts;
  const address = once(() => (ip === undefined ? undefined : parseAddress(ip)));

  const names = (ownNames: Readonly<Record<string, unknown>>) => ({
    ...bare({
      room,
      tenant: tenant ?? '',
      issuer,
      now,
      auth: { methods: auth.methods, mfa: auth.mfa, age: BigInt(Math.floor(auth.ageSeconds)) },
      ip: address()?.toString(),
    }),
    user: bare({
      id: user.id,
      username: user.username,
      email: user.email,
      attributes: bare(user.attributes),
      groups: user.groups,
      source: user.source,
      ...ownNames,
    }),
  });

  return {
    user,
    groups: once(() => new Set(user.groups)),
    address,
    ruleNames: once(() => names({})),
    mappingNames: once(() => {
      const { displayName, avatarUrl } = user;
      return names({ displayName, name: displayName, avatarUrl });
    }),
  };
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
