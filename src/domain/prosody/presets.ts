/**
 * Settings nobody wrote down: the plugins' own defaults, docker-jitsi-meet's, and what our
 * integration page's lines make of the latter.
 *
 * @module
 */
import type { HostOptions, HttpAnswer, KeyServer, ProsodyHost } from './host.ts';

/** What the plugins and jicofo do when an option is not set. */
export const PLUGIN_DEFAULTS: HostOptions = {
  enableDomainVerification: true,
  asapRequireRoomClaim: true,
  allowEmptyToken: false,
  xmppDomain: 'meet.jitsi',
  tokenAffiliation: false,
  presenceIdentity: false,
  mucWaitForHost: false,
  waitForHostDisableAutoOwners: false,
  jicofoAuthentication: false,
  enableAutoOwner: true,
};

/** docker-jitsi-meet with `ENABLE_AUTH=1`, `AUTH_TYPE=jwt` and nothing else. */
export const DOCKER_DEFAULTS: HostOptions = {
  ...PLUGIN_DEFAULTS,
  enableDomainVerification: false,
  jicofoAuthentication: true,
};

/** docker-jitsi-meet with our lines: the token alone decides who moderates. */
const OUR_LINES: HostOptions = {
  ...DOCKER_DEFAULTS,
  tokenAffiliation: true,
  jicofoAuthentication: false,
  enableAutoOwner: false,
};

interface OurIssuer {
  readonly iss: string;
  readonly aud: string;
  readonly algorithm?: string;
}

/** The host our `.env` lines yield for an issuer that signs with a secret. */
export function hostWithSecret(issuer: OurIssuer & { readonly appSecret: string }): ProsodyHost {
  return {
    ...ours(issuer),
    signatureAlgorithm: issuer.algorithm ?? 'HS256',
    keys: { kind: 'secret', appSecret: issuer.appSecret },
  };
}

/**
 * The host our `.env` lines yield for an issuer that signs with RSA keys: the key server, and the
 * key list before it where one is given.
 */
export function hostWithKeyServer(
  issuer: OurIssuer & { readonly asapKeyServer: KeyServer; readonly cacheKeysUrl?: HttpAnswer },
): ProsodyHost {
  const { asapKeyServer, cacheKeysUrl } = issuer;
  return {
    ...ours(issuer),
    signatureAlgorithm: issuer.algorithm ?? 'RS256',
    keys: cacheKeysUrl
      ? { kind: 'both', cacheKeysUrl, asapKeyServer }
      : { kind: 'asap', asapKeyServer },
  };
}

function ours({ iss, aud }: OurIssuer) {
  return {
    ...OUR_LINES,
    appId: aud,
    asapAcceptedIssuers: [iss],
    asapAcceptedAudiences: [aud],
  };
}
