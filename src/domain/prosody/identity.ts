/**
 * Who the others in the room are told this is.
 *
 * @module
 */
import type { ProsodyHost } from './host.ts';
import { field, isObject, isTruthy, type Json, type JsonObject, luaText } from './json.ts';

/** The `<identity>` of every presence; clients cannot forge it. */
export interface Identity {
  readonly user: Readonly<Record<string, string>>;
  readonly group?: string;
}

/** What `presence_identity` can write as an element. */
export const XML_NAME = /^[A-Za-z_][\w.-]*$/;

/** `context.user`; without a context Firebase's `user_id`. */
export function userOf(claims: JsonObject): JsonObject | undefined {
  const context = field(claims, 'context');
  const userId = field(claims, 'user_id');
  if (context === undefined) return isTruthy(userId) ? { id: userId } : undefined;
  const user = field(context, 'user');
  // An empty list is an empty object in Lua; a full one has no names.
  if (Array.isArray(user)) return {};
  return isObject(user) ? user : undefined;
}

/** Undefined where `presence_identity` is not loaded, or knows no user. */
export function identityOf(claims: JsonObject, host: ProsodyHost): Identity | undefined {
  const user = userOf(claims);
  if (!host.presenceIdentity || !user) return undefined;
  const group = field(field(claims, 'context'), 'group');
  return {
    user: Object.fromEntries(
      Object.entries(user)
        .filter(([name]) => XML_NAME.test(name))
        .map(([name, value]) => [name, luaText(value as Json)]),
    ),
    ...(typeof group === 'string' && { group }),
  };
}
