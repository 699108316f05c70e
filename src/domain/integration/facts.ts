import { type Algorithm, type Issuer, isHs } from '../issuer.ts';
import { MAIN_SLUG } from '../slug.ts';
import type { GuideChoice } from './guide-file.ts';

/** What the lines of all platforms are made of. */
export interface GuideFacts {
  readonly issuer: Issuer;
  readonly keys: GuideChoice['keys'];
  readonly algorithm: Algorithm;
  readonly publicUrl: URL;
  /** The Jitsi server's host name. */
  readonly host: string;
  readonly addresses: {
    readonly asap: string;
    readonly jwks: string;
    /** Jitsi fills `{room}` and `{state}` in. */
    readonly login: string;
    readonly logout: string;
  };
  /** Whether Prosody compares `sub` with the tenant or domain. */
  readonly verifyDomain: boolean;
  readonly withGuests: boolean;
  /** For the component that holds the rooms. */
  readonly roomModules: readonly string[];
  /**
   * Guests have no room claim. Where Prosody verifies domains it would send them away for that;
   * `allow_empty_token` would let them pass as hosts. Our tokens always name their room.
   */
  readonly waivesRoomClaim: boolean;
}

export function factsOf(issuer: Issuer, publicUrl: URL, choice: GuideChoice): GuideFacts {
  const path = issuer.slug === MAIN_SLUG ? '/jitsi' : `/jitsi/${issuer.slug}`;
  const base = `${publicUrl.origin}${path}`;
  const withGuests = choice.guests === 'wait_for_host';
  const verifyDomain = issuer.sub === 'tenant';
  return {
    issuer,
    keys: choice.keys,
    algorithm: algorithmFor(issuer.algorithm, choice.keys),
    publicUrl,
    host: issuer.serverUrl ? new URL(issuer.serverUrl).hostname : 'meet.example.org',
    addresses: {
      asap: `${base}/asap`,
      jwks: `${base}/jwks.json`,
      login: `${base}/login?room={room}&state={state}`,
      logout: `${base}/logout`,
    },
    verifyDomain,
    withGuests,
    roomModules: [
      'token_affiliation',
      ...(withGuests ? ['muc_wait_for_host'] : []),
      ...(passesLobbies(issuer) ? ['token_lobby_bypass'] : []),
    ],
    waivesRoomClaim: withGuests && verifyDomain,
  };
}

function algorithmFor(own: Algorithm, keys: GuideChoice['keys']): Algorithm {
  if (keys === 'secret') return isHs(own) ? own : 'HS256';
  return isHs(own) ? 'RS256' : own;
}

function passesLobbies({ lobbyBypass, rooms }: Issuer): boolean {
  return lobbyBypass !== undefined || rooms.some((room) => room.lobbyBypass !== undefined);
}
