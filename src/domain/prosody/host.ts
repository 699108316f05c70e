/**
 * One virtual host of Prosody and its conference component, as far as a token meets them.
 *
 * Names are Prosody's option names in camelCase; what belongs to jicofo or to a module says so.
 *
 * @module
 */

/** What a key address answered. Prosody follows no redirect and takes 200 and 204 alone. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Answers for `asap_key_server`. `file` is `<hex sha256 of the kid>.pem`. */
export type KeyServer = (file: string) => HttpAnswer;

/**
 * Where the verifying key comes from. A secret counts only where neither address is set; of both
 * addresses the list (`cache_keys_url`) is asked first.
 */
export type KeyMaterial =
  | { readonly kind: 'secret'; readonly appSecret: string }
  | { readonly kind: 'asap'; readonly asapKeyServer: KeyServer }
  | { readonly kind: 'jwks'; readonly cacheKeysUrl: HttpAnswer }
  | {
      readonly kind: 'both';
      readonly cacheKeysUrl: HttpAnswer;
      readonly asapKeyServer: KeyServer;
    };

/** The switches that have a default; `presets.ts` holds two sets of them. */
export interface HostOptions {
  readonly enableDomainVerification: boolean;
  readonly asapRequireRoomClaim: boolean;
  readonly allowEmptyToken: boolean;
  /** `muc_mapper_domain_base`: the XMPP domain, not the address people type. */
  readonly xmppDomain: string;
  /** `token_affiliation` is loaded on the conference component. */
  readonly tokenAffiliation: boolean;
  /** `presence_identity` is loaded on the virtual host. */
  readonly presenceIdentity: boolean;
  readonly mucWaitForHost: boolean;
  readonly waitForHostDisableAutoOwners: boolean;
  /** jicofo's `authentication.enabled`. */
  readonly jicofoAuthentication: boolean;
  /** jicofo's `conference.enable-auto-owner`. */
  readonly enableAutoOwner: boolean;
}

export interface ProsodyHost extends HostOptions {
  readonly appId: string;
  readonly keys: KeyMaterial;
  /** Default: RS256 where keys are fetched, else HS256. */
  readonly signatureAlgorithm?: string;
  /** Default: the app id alone. `*` accepts any. */
  readonly asapAcceptedIssuers?: readonly string[];
  /** Default: `*`, any audience. */
  readonly asapAcceptedAudiences?: readonly string[];
}

/** The plugins' age: the month of the jitsi-meet they were taken from. */
export type PluginVersion = '2024-04' | '2026-01' | '2026-08';

/** The room somebody wants into, and what is already there. */
export interface Join {
  /** The tenant of the address, `/tenant/room`. */
  readonly tenant?: string;
  /** The name as in the room's JID: percent-encoded, lower case. */
  readonly room: string;
  /** jicofo makes the room before people join it; `false` is the person who came too early. */
  readonly roomExists?: boolean;
  /** Room metadata; `false` locks out whoever has no token. */
  readonly allowUnauthenticatedAccess?: boolean;
  /** Somebody in the room owns it already. Absent: the person is the first. */
  readonly ownerPresent?: boolean;
  /** Somebody with a token is in the room already; `muc_wait_for_host` asks. */
  readonly hostPresent?: boolean;
  /** Came through the anonymous guest host, which asks for no token. */
  readonly guest?: boolean;
}

export function expectedAlgorithm(host: ProsodyHost): string {
  return host.signatureAlgorithm ?? (host.keys.kind === 'secret' ? 'HS256' : 'RS256');
}

export function acceptedIssuers(host: ProsodyHost): readonly string[] {
  return host.asapAcceptedIssuers ?? [host.appId];
}

export function acceptedAudiences(host: ProsodyHost): readonly string[] {
  return host.asapAcceptedAudiences ?? ['*'];
}
