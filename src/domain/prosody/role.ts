/**
 * Who moderates, and which features are on.
 *
 * In Prosody alone nobody moderates: a module or jicofo makes owners, and an owner moderates.
 *
 * @module
 */
import type { Join, ProsodyHost } from './host.ts';
import { userOf } from './identity.ts';
import { field, isObject, isTruthy, type Json, type JsonObject } from './json.ts';

export interface Standing {
  readonly role: 'moderator' | 'participant' | 'visitor';
  readonly affiliation: 'owner' | 'member' | 'none';
  /** Absent: does not moderate. */
  readonly moderatorBy?: 'token' | 'wait_for_host' | 'jicofo_authentication' | 'auto_owner';
}

const OWNER_AFFILIATIONS: readonly (Json | undefined)[] = ['owner', 'moderator', 'teacher'];

/** `claims` is undefined for somebody without a token. */
export function standingOf(
  claims: JsonObject | undefined,
  host: ProsodyHost,
  join: Join,
): Standing {
  const user = claims && userOf(claims);
  if (field(user, 'role') === 'visitor') return { role: 'visitor', affiliation: 'none' };

  const moderatorBy = whoMakesOwner(claims, host, join);
  if (moderatorBy) return { role: 'moderator', affiliation: 'owner', moderatorBy };
  const isMember = claims !== undefined && host.tokenAffiliation;
  return { role: 'participant', affiliation: isMember ? 'member' : 'none' };
}

function whoMakesOwner(
  claims: JsonObject | undefined,
  host: ProsodyHost,
  join: Join,
): Standing['moderatorBy'] {
  if (claims && host.tokenAffiliation && tokenSaysModerator(claims)) return 'token';
  if (claims && host.mucWaitForHost && !host.waitForHostDisableAutoOwners) return 'wait_for_host';
  if (host.jicofoAuthentication) return claims ? 'jicofo_authentication' : undefined;
  return host.enableAutoOwner && !join.ownerPresent ? 'auto_owner' : undefined;
}

function tokenSaysModerator(claims: JsonObject): boolean {
  const user = userOf(claims);
  const moderator = field(user, 'moderator');
  return (
    moderator === true ||
    moderator === 'true' ||
    OWNER_AFFILIATIONS.includes(field(user, 'affiliation'))
  );
}

/** What a moderator may whose token names no features (`jitsi_default_permissions`). */
export const DEFAULT_FEATURES: readonly string[] = [
  'livestreaming',
  'recording',
  'transcription',
  'outbound-call',
  'create-polls',
  'send-groupchat',
  'flip',
  'live-translation',
  'live-translation-subscribe',
];

/** The features that are on. Once the token names any, the role gives none. */
export function featuresOf(claims: JsonObject | undefined, standing: Standing): readonly string[] {
  const features = field(field(claims, 'context'), 'features');
  if (!isTruthy(features)) return standing.role === 'moderator' ? DEFAULT_FEATURES : [];
  if (!isObject(features)) return [];
  return Object.keys(features).filter((name) =>
    [true, 'true'].some((on) => field(features, name) === on),
  );
}
