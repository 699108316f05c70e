import { DomainError } from '../domain/errors.ts';
import type { Role } from '../domain/feature.ts';
import { meetingUrl } from '../domain/meeting-url.ts';
import { type Room, roomNamed } from '../domain/room.ts';
import { canonicalTenant } from '../domain/tenant.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { type IssueJitsiTokenDeps, issueJitsiToken } from './issue-jitsi-token.ts';
import type { IssuerCatalog } from './issuer-catalog.ts';

export interface MintJitsiTokenDeps extends Omit<IssueJitsiTokenDeps, 'stores'> {
  readonly stores: IssueJitsiTokenDeps['stores'] & Pick<Stores, 'users'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
}

export interface MintJitsiTokenInput {
  /** Slug. */
  readonly issuer: string;
  /** By username or e-mail address, or by id. */
  readonly user: { readonly name: string } | { readonly id: string };
  /** As people write it: nothing in it is percent-encoded. */
  readonly room: string;
  readonly tenant: string | undefined;
  /** The person's own address, as the application sees it: rules that need one fail without it. */
  readonly ip: string | undefined;
  readonly actor: Actor;
}

export interface MintedJitsiToken {
  /** Compact JWS. */
  readonly token: string;
  /** Opens the room with it. */
  readonly url: string;
  readonly expiresAt: Date;
  readonly role: Role;
  readonly room: Room;
}

/** The application vouches for the person; how they signed in there, and when, we do not know. */
const UNKNOWN_PROOF = { methods: [], authenticatedAt: new Date(0) };

/**
 * Gives an application a token for one of its users: the decision, mapping and audit of everybody
 * who comes by themselves.
 *
 * @throws {DomainError} `issuer_not_found`, `issuer_without_server`, `user_not_found`,
 *   `room_invalid`, `room_missing`, `tenant_invalid`, and what `issueJitsiToken` throws.
 */
export async function mintJitsiToken(
  deps: MintJitsiTokenDeps,
  { issuer: slug, room: name, actor, ip, ...input }: MintJitsiTokenInput,
): Promise<MintedJitsiToken> {
  const live = deps.catalog.current().bySlug.get(slug);
  if (!live) throw new DomainError('issuer_not_found', { slug });
  const { issuer } = live;
  if (issuer.serverUrl === undefined) throw new DomainError('issuer_without_server', { slug });
  const room = roomNamed(name);
  const tenant = input.tenant === undefined ? undefined : canonicalTenant(input.tenant);

  const { token, claims, decision } = await issueJitsiToken(deps, {
    live,
    user: await findUser(deps, input.user),
    session: UNKNOWN_PROOF,
    room,
    tenant,
    ip,
    requestId: actor.requestId,
    onBehalf: { by: actor },
  });
  return {
    token,
    url: meetingUrl({ issuer, room, tenant, token }),
    expiresAt: new Date(claims.exp * 1000),
    role: decision.role,
    room,
  };
}

/** Disabled ones too: the decision refuses them, and that is written down. */
async function findUser(
  { stores }: MintJitsiTokenDeps,
  whom: MintJitsiTokenInput['user'],
): Promise<User> {
  if ('id' in whom) {
    const user = await stores.users.findById(whom.id);
    if (!user) throw new DomainError('user_not_found', { name: whom.id });
    return user;
  }
  const found = await stores.users.findByLoginName(whom.name);
  if (!found) throw new DomainError('user_not_found', { name: whom.name });
  return found.user;
}
