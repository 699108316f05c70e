/**
 * Where every claim of a token comes from.
 *
 * @module
 */
import {
  buildJitsiClaims,
  type JitsiClaims,
  type JitsiClaimsInput,
  mapEntries,
} from '../claims.ts';
import type { Issuer } from '../issuer.ts';
import { ruleContext } from '../rules/facts.ts';
import type { Reading } from '../rules/readings.ts';

export type ClaimOrigin =
  /** An entry of the mapping: `mapping.name`, `group`, `extraClaims.context.user.department`. */
  | {
      readonly kind: 'mapping';
      readonly entry: string;
      readonly source: string;
      readonly readings: readonly Reading[];
    }
  /** A rule, by its path; without one nobody has that right. */
  | { readonly kind: 'rule'; readonly path: string | undefined }
  /** What Jitsi gives the role by itself. */
  | { readonly kind: 'role' }
  /** A setting of the issuer, by its name in the configuration file. */
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'request'; readonly name: 'room' | 'tenant' }
  /** The clock, and the setting that is added to it. */
  | { readonly kind: 'time'; readonly setting: string | undefined }
  | { readonly kind: 'chance' };

export interface ClaimNode {
  readonly name: string;
  /** Dotted, from the top. */
  readonly path: string;
  /** Of an object. */
  readonly children?: readonly ClaimNode[];
  /** Of a leaf. */
  readonly value?: unknown;
  readonly origin?: ClaimOrigin;
}

/** An entry of the mapping that gave no claim. */
export interface LeftOut {
  readonly entry: string;
  /** Dotted. */
  readonly path: string;
  readonly source: string;
  readonly why: 'empty' | 'error' | 'rule_decides';
  readonly message?: string;
  readonly readings: readonly Reading[];
}

export interface ClaimsExplanation {
  readonly claims: JitsiClaims;
  readonly tree: readonly ClaimNode[];
  readonly leftOut: readonly LeftOut[];
}

/** @throws {DomainError} as `buildJitsiClaims`. */
export function explainClaims(input: JitsiClaimsInput): ClaimsExplanation {
  const { user, room, tenant, now, auth, ip } = input;
  const { issuer } = input.issuer;
  const facts = { user, room: room.canonical, tenant, now, auth, ip };
  const context = ruleContext(facts, issuer.slug);
  const claims = buildJitsiClaims(input);

  const lobbyByRule = input.decision.lobbyBypass !== undefined;
  const entries = mapEntries(input.issuer.claims, context).map(({ claim, value, error }) => ({
    entry: claim.entry,
    path: claim.path.join('.'),
    source: claim.mapping.source,
    readings: claim.mapping.read(context),
    value,
    error,
  }));
  const overruled = (path: string) => lobbyByRule && path === LOBBY_BYPASS;
  const byPath = new Map(
    entries.filter(({ path }) => !overruled(path)).map((entry) => [entry.path, entry]),
  );

  const originOf = (path: string): ClaimOrigin => {
    const entry = byPath.get(path);
    if (!entry) return ownOrigin(path, input, issuer);
    const { source, readings } = entry;
    return { kind: 'mapping', entry: entry.entry, source, readings };
  };
  const leftOut = entries
    .filter(({ path, value }) => value === '' || overruled(path))
    .map(({ entry, path, source, readings, error }): LeftOut => {
      const about = { entry, path, source, readings };
      if (overruled(path)) return { ...about, why: 'rule_decides' };
      return error
        ? { ...about, why: 'error', message: error.message }
        : { ...about, why: 'empty' };
    });
  return { claims, tree: nodesOf(claims, '', originOf), leftOut };
}

const LOBBY_BYPASS = 'context.user.lobby_bypass';

function nodesOf(
  value: object,
  prefix: string,
  originOf: (path: string) => ClaimOrigin,
): readonly ClaimNode[] {
  return Object.entries(value).map(([name, inner]: [string, unknown]) => {
    const path = `${prefix}${name}`;
    if (typeof inner === 'object' && inner !== null)
      return { name, path, children: nodesOf(inner, `${path}.`, originOf) };
    return { name, path, value: inner, origin: originOf(path) };
  });
}

function ownOrigin(path: string, input: JitsiClaimsInput, issuer: Issuer): ClaimOrigin {
  if (path === 'room')
    return issuer.anyRoom
      ? { kind: 'setting', name: 'anyRoom' }
      : { kind: 'request', name: 'room' };
  if (path === 'sub') return subOrigin(input, issuer);
  if (path.startsWith('context.')) return ruleOrigin(path, input);
  return OWN[path] ?? { kind: 'chance' };
}

const OWN: Readonly<Record<string, ClaimOrigin>> = {
  iss: { kind: 'setting', name: 'iss' },
  aud: { kind: 'setting', name: 'appId' },
  iat: { kind: 'time', setting: undefined },
  nbf: { kind: 'time', setting: 'nbfSkewSeconds' },
  exp: { kind: 'time', setting: 'tokenTtlSeconds' },
};

function subOrigin({ tenant }: JitsiClaimsInput, { sub, xmppDomain }: Issuer): ClaimOrigin {
  if (sub !== 'tenant') return { kind: 'setting', name: 'sub' };
  if (tenant !== undefined) return { kind: 'request', name: 'tenant' };
  return { kind: 'setting', name: xmppDomain === undefined ? 'serverUrl' : 'xmppDomain' };
}

function ruleOrigin(path: string, { issuer, decision }: JitsiClaimsInput): ClaimOrigin {
  const rules =
    (decision.policy === undefined ? undefined : issuer.rooms[decision.policy]) ?? issuer.rules;
  if (path === LOBBY_BYPASS) return { kind: 'rule', path: rules.lobbyBypass?.path };
  if (!path.startsWith('context.features.'))
    return { kind: 'rule', path: rules.moderatorRule?.path };
  const name = path.slice('context.features.'.length);
  const rule = [...rules.features].find(([feature]) => feature === name)?.[1];
  return rule ? { kind: 'rule', path: rule.path } : { kind: 'role' };
}
