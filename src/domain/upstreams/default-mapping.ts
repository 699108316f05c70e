/**
 * What is read of a person where nobody mapped it: the layouts of the bridges before us.
 *
 * @module
 */
import type { SafeClaims } from './claims.ts';
import type { Upstream } from './upstream.ts';

/** Become attributes when there are any, unless the upstream says what its attributes are. */
export const DEFAULT_ATTRIBUTES: readonly string[] = ['affiliation', 'moderator'];

export interface ClaimReader {
  /** Text of the claim, or the first of several. */
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
}

/** Names of attributes in a directory are the same in any case. */
export function claimReader(claims: SafeClaims, { type }: Pick<Upstream, 'type'>): ClaimReader {
  const named = (name: string): unknown => {
    if (type === 'oidc' || Object.hasOwn(claims, name)) return claims[name];
    const wanted = name.toLowerCase();
    return Object.entries(claims).find(([other]) => other.toLowerCase() === wanted)?.[1];
  };
  const texts = (name: string): readonly string[] => {
    const value = named(name);
    return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  };
  return { texts, text: (name) => texts(name).find((item) => item.trim() !== '') };
}

/** The best first. */
export interface Candidates {
  readonly usernames: readonly (string | undefined)[];
  readonly displayNames: readonly (string | undefined)[];
  readonly email: string | undefined;
  readonly groups: readonly string[];
}

export function candidates(
  claims: SafeClaims,
  subject: string,
  upstream: Pick<Upstream, 'type'>,
): Candidates {
  const { text, texts } = claimReader(claims, upstream);
  if (upstream.type === 'ldap') {
    return {
      usernames: [text('uid'), text('sAMAccountName'), text('userPrincipalName')],
      displayNames: [text('displayName'), text('cn')],
      email: text('mail'),
      groups: texts('groups'),
    };
  }
  const parts = [text('given_name'), text('middle_name'), text('family_name')];
  return {
    usernames: [text('preferred_username'), subject],
    displayNames: [
      text('name'),
      parts.filter((part) => part !== undefined).join(' '),
      text('displayName'),
    ],
    email: text('email'),
    groups: [],
  };
}
