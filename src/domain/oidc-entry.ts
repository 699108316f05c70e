/**
 * Into which room a sign-in of the OpenID way leads. It travels with the code and the refresh token
 * as their resource (RFC 8707): `urn:roomkey:room:` and the base64url of a JSON object.
 *
 * @module
 */
import { z } from 'zod';
import { parseJitsiState } from './jitsi-state.ts';
import { canonicalRoom, type Room, roomNamed } from './room.ts';
import { canonicalTenant } from './tenant.ts';

export interface OidcEntry {
  /** Absent for a client whose tokens open every room. */
  readonly room: Room | undefined;
  /** Canonical. */
  readonly tenant: string | undefined;
}

const PREFIX = 'urn:roomkey:room:';

const resourceSchema = z.object({ room: z.string().optional(), tenant: z.string().optional() });

/**
 * Reads Jitsi's `state`.
 *
 * @throws {DomainError} `room_missing`, `room_invalid`, `tenant_invalid`, `input_invalid`.
 */
export function readOidcEntry(state: string | undefined, rooms: 'one' | 'any'): OidcEntry {
  if (state === undefined)
    return { room: rooms === 'any' ? undefined : canonicalRoom(''), tenant: undefined };
  const { room, roomSafe, tenant } = parseJitsiState(state);
  const name = roomSafe ?? room;
  if (name === undefined && rooms === 'any') return { room: undefined, tenant };
  return { room: canonicalRoom(name ?? ''), tenant };
}

export function toResource({ room, tenant }: OidcEntry): string {
  const json = JSON.stringify({ room: room?.canonical, tenant });
  const bytes = new TextEncoder().encode(json);
  const base64 = btoa(String.fromCharCode(...bytes));
  return PREFIX + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws {DomainError} as above, for what we never wrote. */
export function fromResource(resource: string): OidcEntry {
  const base64 = resource.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { room, tenant } = resourceSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return {
    room: room === undefined ? undefined : roomNamed(room),
    tenant: tenant === undefined ? undefined : canonicalTenant(tenant),
  };
}
