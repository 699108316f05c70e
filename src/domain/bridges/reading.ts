/**
 * What the settings of a bridge come to: the bridges stood between an OpenID provider and Jitsi,
 * and signed its tokens.
 *
 * @module
 */
import type { IssuerEntry } from '../config-file/schema.ts';
import type { OidcQuirk } from '../upstreams/quirks.ts';
import type { BridgeCallback, OidcEndpoints, UpstreamAuth } from '../upstreams/upstream.ts';

/**
 * - `understood`: stays as it was.
 * - `stricter`: Roomkey allows less, and why.
 * - `jitsi`: what to do, or leave, at Prosody, Jitsi's pages and the provider.
 * - `warning`: was unsafe, or is not taken over.
 */
export const NOTE_KINDS = ['understood', 'stricter', 'jitsi', 'warning'] as const;

/** In words for the operator. No secret is in it. */
export interface BridgeNote {
  readonly kind: (typeof NOTE_KINDS)[number];
  readonly text: string;
}

export interface BridgeMistake {
  /** As the bridge calls it: `JITSI_SECRET`, `[jwt] secret_key`. */
  readonly setting: string;
  /** The rest of a sentence about it. */
  readonly message: string;
}

/** An upstream by the names of the configuration file. */
export interface BridgeUpstream {
  readonly slug: string;
  readonly type: 'oidc';
  readonly name: string;
  readonly issuerUrl: string;
  readonly endpoints?: OidcEndpoints | undefined;
  readonly clientId: string;
  readonly auth: UpstreamAuth;
  readonly clientSecret?: string;
  readonly clientSecretFile?: string;
  readonly scopes: readonly string[];
  readonly acrValues?: readonly string[];
  readonly quirks: readonly OidcQuirk[];
  readonly callback: BridgeCallback;
  readonly createRule: string;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What a configuration file would say. */
export interface BridgeConfig {
  readonly signIn: { readonly local: 'administrators' };
  readonly upstreams: readonly [BridgeUpstream];
  readonly issuers: readonly [IssuerEntry];
}

export interface BridgeReading {
  /** Nothing, when there are mistakes. */
  readonly config: BridgeConfig | undefined;
  /** Where browsers reached the bridge, as it was written. */
  readonly publicUrl: string | undefined;
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly notes: readonly BridgeNote[];
  readonly mistakes: readonly BridgeMistake[];
  /** Key of the configuration file (`issuers[0].sub`) → the setting it came from. */
  readonly origins: Readonly<Record<string, string>>;
}

export interface BridgeInput {
  /** By name; of an INI file `section.key`. */
  readonly values: Readonly<Record<string, string>>;
  /** What a `_FILE` holds; `undefined` when it cannot be read here. */
  readonly readFile: (path: string) => string | undefined;
  /** Jitsi's address, for bridges that took it from each request. */
  readonly serverUrl?: string | undefined;
}

export interface Bridge {
  /** Of which kind its file is. */
  readonly file: 'env' | 'ini';
  /** Every setting it knew. */
  readonly settings: readonly string[];
  read(input: BridgeInput): BridgeReading;
}
