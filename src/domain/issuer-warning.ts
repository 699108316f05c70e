/**
 * What a change of an issuer means outside of Roomkey, told before it is saved.
 *
 * Sources: jitsi-meet's Prosody plugins (`luajwtjitsi.lib.lua`, `token/util.lib.lua`) and their
 * settings in docker-jitsi-meet.
 *
 * @module
 */
import { type Issuer, isHs } from './issuer.ts';
import { isLocalHost } from './local-host.ts';

/** `breaks`: nobody gets into a meeting until the Jitsi server is changed, too. */
export type WarningWeight = 'breaks' | 'mind';

const WEIGHTS = {
  /** Prosody takes tokens of exactly one algorithm. */
  algorithm_changed: 'breaks',
  /** A virtual host takes a shared secret or fetches keys, never both. */
  keys_instead_of_secret: 'breaks',
  secret_instead_of_keys: 'breaks',
  secret_changed: 'breaks',
  iss_changed: 'breaks',
  app_id_changed: 'breaks',
  /** Compared only when the Jitsi server verifies domains. */
  sub_changed: 'mind',
  tenants_need_verification: 'breaks',
  xmpp_domain_missing: 'mind',
  server_url_changed: 'mind',
  server_url_missing: 'mind',
  server_url_plain: 'mind',
  nobody_enters: 'mind',
  nobody_moderates: 'mind',
  any_room: 'mind',
  /** Prosody allows for no difference between clocks. */
  no_skew: 'mind',
  short_life: 'mind',
} as const satisfies Record<string, WarningWeight>;

export type WarningCode = keyof typeof WEIGHTS;

export interface IssuerWarning {
  readonly code: WarningCode;
  readonly weight: WarningWeight;
}

/** All that can be told. */
export const WARNINGS: readonly IssuerWarning[] = Object.entries(WEIGHTS).map(([code, weight]) => ({
  code: code as WarningCode,
  weight,
}));

/** Below this a slow page or a clock a little off uses the token up. */
const SHORT_LIFE_SECONDS = 60;
const NOBODY = new Set(['0', 'deny', 'false']);

export interface WarnInput {
  /** Absent for a new issuer: it breaks nothing that worked. */
  readonly before: Issuer | undefined;
  readonly after: Issuer;
  readonly secret: 'kept' | 'replaced';
}

/** Only what the change brings about: what was so before was told before. */
export function warnOfChange({ before, after, secret }: WarnInput): IssuerWarning[] {
  const already = new Set(before ? standingWarnings(before) : []);
  const codes = [
    ...(before ? breakingWarnings(before, after, secret) : []),
    ...standingWarnings(after).filter((code) => !already.has(code)),
  ];
  return codes.map((code) => ({ code, weight: WEIGHTS[code] }));
}

function breakingWarnings(
  before: Issuer,
  after: Issuer,
  secret: WarnInput['secret'],
): WarningCode[] {
  const wasHs = isHs(before.algorithm);
  const hs = isHs(after.algorithm);
  const codes: [boolean, WarningCode][] = [
    [wasHs && !hs, 'keys_instead_of_secret'],
    [!wasHs && hs, 'secret_instead_of_keys'],
    [wasHs === hs && before.algorithm !== after.algorithm, 'algorithm_changed'],
    [wasHs && hs && secret === 'replaced', 'secret_changed'],
    [before.iss !== after.iss, 'iss_changed'],
    [before.appId !== after.appId, 'app_id_changed'],
    [after.sub === 'tenant' && before.sub !== 'tenant', 'tenants_need_verification'],
    [after.sub !== 'tenant' && before.sub !== after.sub, 'sub_changed'],
    [
      before.serverUrl !== undefined &&
        after.serverUrl !== undefined &&
        before.serverUrl !== after.serverUrl,
      'server_url_changed',
    ],
  ];
  return taken(codes);
}

/** What is worth a word of an issuer, however it came to be so. */
export function standingWarnings(issuer: Issuer): WarningCode[] {
  const { serverUrl, useRule, moderatorRule, sub, xmppDomain } = issuer;
  const codes: [boolean, WarningCode][] = [
    [serverUrl === undefined, 'server_url_missing'],
    [serverUrl !== undefined && isPlain(new URL(serverUrl)), 'server_url_plain'],
    [sub === 'tenant' && xmppDomain === undefined, 'xmpp_domain_missing'],
    [NOBODY.has(useRule.trim()), 'nobody_enters'],
    [moderatorRule === undefined && issuer.rooms.every(leavesModerators), 'nobody_moderates'],
    [issuer.anyRoom, 'any_room'],
    [issuer.nbfSkewSeconds === 0, 'no_skew'],
    [issuer.tokenTtlSeconds < SHORT_LIFE_SECONDS, 'short_life'],
  ];
  return taken(codes);
}

const isPlain = (url: URL) => url.protocol === 'http:' && !isLocalHost(url);
const leavesModerators = (room: Issuer['rooms'][number]) => room.moderatorRule === undefined;

function taken(codes: readonly [boolean, WarningCode][]): WarningCode[] {
  return codes.flatMap(([applies, code]) => (applies ? [code] : []));
}
