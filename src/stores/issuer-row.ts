import type { Client } from '../domain/client.ts';
import type { Algorithm, Delivery, Issuer, Mapping, RsaBits } from '../domain/issuer.ts';

export interface RoomPolicyRow {
  issuer_id: string;
  position: number;
  match: string;
  use_rule: string | null;
  moderator_rule: string | null;
  features: Record<string, string> | null;
  lobby_bypass: string | null;
}

export interface IssuerRow {
  id: string;
  slug: string;
  name: string;
  server_url: string | null;
  iss: string;
  app_id: string;
  sub: string;
  xmpp_domain: string | null;
  algorithm: Algorithm;
  rsa_bits: RsaBits;
  key_rotation_days: number | null;
  sealed_secret: Buffer | null;
  secret_changed_at: Date | null;
  weak_secret: boolean;
  token_ttl_seconds: number;
  longest_token_ttl_seconds: number;
  nbf_skew_seconds: number;
  delivery: Delivery;
  skip_prejoin: boolean;
  any_room: boolean;
  use_rule: string;
  moderator_rule: string | null;
  features: Record<string, string> | null;
  lobby_bypass: string | null;
  mapping: Mapping;
  extra_claims: Record<string, string>;
  group_expression: string | null;
  created_at: Date;
  updated_at: Date;
}

export interface IssuerParts {
  readonly policies: readonly RoomPolicyRow[];
  readonly clients: readonly Client[];
}

export function issuerFromRow(row: IssuerRow, { policies, clients }: IssuerParts): Issuer {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    serverUrl: row.server_url ?? undefined,
    iss: row.iss,
    appId: row.app_id,
    sub: row.sub,
    xmppDomain: row.xmpp_domain ?? undefined,
    algorithm: row.algorithm,
    rsaBits: row.rsa_bits,
    keyRotationDays: row.key_rotation_days ?? undefined,
    tokenTtlSeconds: row.token_ttl_seconds,
    nbfSkewSeconds: row.nbf_skew_seconds,
    delivery: row.delivery,
    skipPrejoin: row.skip_prejoin,
    anyRoom: row.any_room,
    useRule: row.use_rule,
    moderatorRule: row.moderator_rule ?? undefined,
    features: row.features ?? undefined,
    lobbyBypass: row.lobby_bypass ?? undefined,
    mapping: row.mapping,
    extraClaims: row.extra_claims,
    group: row.group_expression ?? undefined,
    rooms: policies.map((policy) => ({
      match: policy.match,
      useRule: policy.use_rule ?? undefined,
      moderatorRule: policy.moderator_rule ?? undefined,
      features: policy.features ?? undefined,
      lobbyBypass: policy.lobby_bypass ?? undefined,
    })),
    clients,
    weakSecret: row.weak_secret,
    createdAt: row.created_at,
  };
}

export function issuerToColumns(issuer: Issuer) {
  return {
    id: issuer.id,
    slug: issuer.slug,
    name: issuer.name,
    server_url: issuer.serverUrl ?? null,
    iss: issuer.iss,
    app_id: issuer.appId,
    sub: issuer.sub,
    xmpp_domain: issuer.xmppDomain ?? null,
    algorithm: issuer.algorithm,
    rsa_bits: issuer.rsaBits,
    key_rotation_days: issuer.keyRotationDays ?? null,
    weak_secret: issuer.weakSecret,
    token_ttl_seconds: issuer.tokenTtlSeconds,
    nbf_skew_seconds: issuer.nbfSkewSeconds,
    delivery: issuer.delivery,
    skip_prejoin: issuer.skipPrejoin,
    any_room: issuer.anyRoom,
    use_rule: issuer.useRule,
    moderator_rule: issuer.moderatorRule ?? null,
    features: issuer.features ? JSON.stringify(issuer.features) : null,
    lobby_bypass: issuer.lobbyBypass ?? null,
    mapping: JSON.stringify(issuer.mapping),
    extra_claims: JSON.stringify(issuer.extraClaims),
    group_expression: issuer.group ?? null,
  };
}
