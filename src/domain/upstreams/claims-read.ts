/**
 * Which claims the expressions of an upstream read, and which of them are not in the token at all
 * but somewhere else (OpenID Connect Core 1.0, section 5.6.2). Entra ID sends groups so when there
 * are many; nothing of the kind is fetched.
 *
 * @module
 */
import type { Upstream, UpstreamClaims } from './upstream.ts';

type Expressions = Pick<Upstream, 'attributes' | 'createRule' | 'groups' | 'mapping'>;

const MENTIONS = /\bclaims(?:\.\??(\w+)|\[\??["']([^"']+)["']\])/g;

export function claimsRead({ createRule, mapping, attributes, groups }: Expressions): string[] {
  const expressions = [createRule, groups, ...Object.values(mapping)]
    .concat(Object.values(attributes ?? {}))
    .filter((text) => text !== undefined);
  return expressions.flatMap((text) =>
    [...text.matchAll(MENTIONS)].map(([, member, key]) => member ?? key ?? ''),
  );
}

export function claimsElsewhere(upstream: Expressions, claims: UpstreamClaims): string[] {
  const { _claim_names: names } = claims;
  if (typeof names !== 'object' || names === null) return [];
  const read = claimsRead(upstream);
  return [...new Set(read)].filter((name) => Object.hasOwn(names, name) && !(name in claims));
}
