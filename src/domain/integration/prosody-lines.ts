/**
 * Options of Prosody's main virtual host and of the component that holds the rooms, as lines of its
 * configuration. Debian and NixOS put them into different places.
 *
 * @module
 */
import type { GuideFacts } from './facts.ts';
import { type GuideLine, type GuideNote, SECRET_PLACEHOLDER } from './guide-file.ts';
import { lua } from './literals.ts';

export function acceptedLines({ issuer }: GuideFacts): GuideLine[] {
  return [
    { text: `asap_accepted_issuers = { ${lua(issuer.iss)} }`, note: 'accepted_issuers' },
    { text: `asap_accepted_audiences = { ${lua(issuer.appId)} }`, note: 'accepted_audiences' },
  ];
}

/** @param secret How the secret is written, where one is shared. */
export function hostLines(facts: GuideFacts, secret: GuideLine): GuideLine[] {
  const { issuer, algorithm, verifyDomain, waivesRoomClaim } = facts;
  return [
    { text: 'authentication = "token"', note: 'sign_in_on' },
    { text: `app_id = ${lua(issuer.appId)}`, note: 'app_id' },
    ...keyLines(facts, secret),
    { text: `signature_algorithm = ${lua(algorithm)}`, note: 'algorithm' },
    { text: 'allow_empty_token = false', note: 'empty_tokens' },
    { text: `enable_domain_verification = ${verifyDomain}`, note: 'domain_verification' },
    ...(waivesRoomClaim
      ? [{ text: 'asap_require_room_claim = false', note: 'room_claim_of_guests' } as const]
      : []),
  ];
}

function keyLines({ keys, addresses }: GuideFacts, secret: GuideLine): GuideLine[] {
  if (keys === 'secret') return [secret];
  const list = { text: `cache_keys_url = ${lua(addresses.jwks)}`, note: 'key_list' } as const;
  return [
    { text: `asap_key_server = ${lua(addresses.asap)}`, note: 'key_server' },
    ...(keys === 'jwks' ? [list] : []),
  ];
}

export const SECRET_LINE: GuideLine = {
  text: `app_secret = ${lua(SECRET_PLACEHOLDER)}`,
  note: 'secret',
};

const MODULE_NOTES: Readonly<Record<string, GuideNote>> = {
  token_verification: 'token_verification',
  token_affiliation: 'token_affiliation',
  muc_wait_for_host: 'wait_for_host',
  token_lobby_bypass: 'lobby_bypass',
};

/** @param kept Modules that this list must not drop. */
export function roomLines(
  { roomModules, withGuests }: GuideFacts,
  kept: readonly string[],
): GuideLine[] {
  const modules = [...kept, 'token_verification', ...roomModules];
  return [
    { text: 'restrict_room_creation = true', note: 'room_creation' },
    { text: 'modules_enabled = {' },
    ...modules.map((name) => ({ text: `    ${lua(name)};`, note: MODULE_NOTES[name] })),
    { text: '}' },
    ...(withGuests
      ? [{ text: 'wait_for_host_disable_auto_owners = true', note: 'wait_for_host_roles' } as const]
      : []),
  ];
}

export function indented(lines: readonly GuideLine[], by = '    '): GuideLine[] {
  return lines.map((line) => ({ ...line, text: line.text === '' ? '' : `${by}${line.text}` }));
}
