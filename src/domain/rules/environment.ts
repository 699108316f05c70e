/**
 * The words of our rule language: CEL with its names, types and functions, for rules and for
 * mappings.
 *
 * Functions get their arguments alone, so the facts of the running evaluation stand beside it.
 * Evaluation is synchronous; nothing can come between.
 *
 * @module
 */
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { matchesWildcard } from '../wildcard.ts';
import type { RuleContext } from './facts.ts';
import { isInNetwork, parseNetwork } from './network.ts';

const LIMITS = {
  maxAstNodes: 200,
  maxDepth: 16,
  maxListElements: 50,
  maxMapEntries: 32,
  maxCallArguments: 8,
};

const TRUSTED = {
  id: 'string',
  username: 'string',
  email: 'string',
  attributes: 'map<string, dyn>',
  groups: 'list<string>',
  source: 'string',
};
/** People change these themselves: mappings may pass them on, no rule may trust them. */
const SELF_CHOSEN = { displayName: 'string', name: 'string', avatarUrl: 'string' };

export const RULE_USER_NAMES: readonly string[] = Object.keys(TRUSTED);
export const SELF_CHOSEN_NAMES: readonly string[] = Object.keys(SELF_CHOSEN);
export const MAPPING_USER_NAMES = [...RULE_USER_NAMES, ...SELF_CHOSEN_NAMES];
export const NAMES = ['user', 'room', 'tenant', 'issuer', 'now', 'auth', 'ip'];

let current: RuleContext | undefined;

function running(): RuleContext {
  if (!current) throw new Error('no evaluation is running');
  return current;
}

function inNetwork(cidr: string): boolean {
  const address = running().address();
  const network = parseNetwork(cidr);
  if (!network) throw new Error(`inNetwork: ${cidr.slice(0, 50)} is no network`);
  if (!address) throw new Error('inNetwork: the address of the request is not known');
  return isInNetwork(address, network);
}

/** The engine with our limits; of names it knows none yet. */
export function emptyEnvironment(): Environment {
  return new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: LIMITS,
  }).registerFunction('string.like(string): bool', matchesWildcard);
}

function createEnvironment(userSchema: Readonly<Record<string, string>>): Environment {
  return emptyEnvironment()
    .registerVariable('user', { schema: { ...userSchema } })
    .registerVariable('room', 'string')
    .registerVariable('tenant', 'string')
    .registerVariable('issuer', 'string')
    .registerVariable('now', 'google.protobuf.Timestamp')
    .registerVariable('auth', { schema: { methods: 'list<string>', mfa: 'bool', age: 'int' } })
    .registerVariable('ip', 'string')
    .registerFunction('inGroup(string): bool', (name: string) => running().groups().has(name))
    .registerFunction('inNetwork(string): bool', inNetwork);
}

export const RULES = createEnvironment(TRUSTED);
export const MAPPINGS = createEnvironment({ ...TRUSTED, ...SELF_CHOSEN });

/** Runs a parsed expression; whatever goes wrong in it is thrown. */
export function run(
  parsed: ParseResult,
  names: Readonly<Record<string, unknown>>,
  context: RuleContext,
): unknown {
  current = context;
  try {
    return parsed(names);
  } finally {
    current = undefined;
  }
}
