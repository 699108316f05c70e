import { fromIssuer } from './config-file/issuer-entry.ts';
import type { Issuer } from './issuer.ts';

/**
 * All that can be declared of an issuer, defaults too, by the names of the configuration file and
 * in a fixed order; `null` is nothing. No secret is in it. What is shown, compared and sent back.
 */
export function representIssuer(issuer: Issuer) {
  const { features, lobby, mapping, extraClaims, rooms, clients } = fromIssuer(issuer);
  return {
    slug: issuer.slug,
    name: issuer.name,
    serverUrl: issuer.serverUrl ?? null,
    iss: issuer.iss,
    appId: issuer.appId,
    sub: issuer.sub,
    xmppDomain: issuer.xmppDomain ?? null,
    algorithm: issuer.algorithm,
    rsaBits: issuer.rsaBits,
    keyRotationDays: issuer.keyRotationDays ?? null,
    tokenTtlSeconds: issuer.tokenTtlSeconds,
    nbfSkewSeconds: issuer.nbfSkewSeconds,
    delivery: issuer.delivery,
    skipPrejoin: issuer.skipPrejoin,
    anyRoom: issuer.anyRoom,
    useRule: issuer.useRule,
    moderatorRule: issuer.moderatorRule ?? null,
    features: features ?? null,
    lobby: lobby ?? null,
    mapping: mapping ?? { ...issuer.mapping },
    extraClaims: extraClaims ?? null,
    group: issuer.group ?? null,
    rooms: rooms ?? [],
    clients: clients ?? [],
  };
}
