import type { User } from '../user.ts';
import { DEFAULT_ATTRIBUTES } from './default-mapping.ts';
import type { Upstream } from './upstream.ts';

/** Fields of a person that an upstream may own, beside attributes. */
export type OwnedField = 'username' | 'displayName' | 'email' | 'avatarUrl';

export interface OwnedFields {
  readonly fields: ReadonlySet<OwnedField>;
  readonly owns: {
    attribute(name: string): boolean;
  };
}

/**
 * What of a person is written by the upstream at each sign-in, and by nobody else. A local account
 * that was linked stays local: only what the upstream maps into attributes is its own.
 */
export function ownedFields(upstream: Upstream, { source }: Pick<User, 'source'>): OwnedFields {
  const { slug, mapping, attributes } = upstream;
  if (source === slug) {
    const fields: OwnedField[] = ['username', 'displayName', 'email'];
    if (mapping.avatar !== undefined || hasPictures(upstream)) fields.push('avatarUrl');
    return { fields: new Set(fields), owns: { attribute: () => true } };
  }
  const names = new Set(attributes ? Object.keys(attributes) : DEFAULT_ATTRIBUTES);
  return { fields: new Set(), owns: { attribute: (name) => names.has(name) } };
}

/** Whether we keep pictures of its people: those of a directory's entries have no address. */
export function keepsPictures(upstream: Upstream): boolean {
  return upstream.avatars === 'store' || hasPictures(upstream);
}

function hasPictures(upstream: Upstream): boolean {
  return upstream.type === 'ldap' && upstream.pictureAttribute !== undefined;
}

/** What pages say of it: each with the name of the upstream it comes from. */
export interface ShownOwnership {
  readonly fields: Readonly<Partial<Record<OwnedField | 'password', string>>>;
  readonly groups: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}
