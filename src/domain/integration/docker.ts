import type { GuideFacts } from './facts.ts';
import { type GuideFile, type GuideLine, SECRET_PLACEHOLDER } from './guide-file.ts';
import { env, js } from './literals.ts';

/** The `.env` of docker-jitsi-meet, and what it has no variable for. */
export function dockerFiles(facts: GuideFacts): GuideFile[] {
  const { issuer, algorithm, addresses, verifyDomain, roomModules } = facts;
  const lines: GuideLine[] = [
    { text: 'ENABLE_AUTH=1', note: 'sign_in_on' },
    { text: 'AUTH_TYPE=jwt' },
    { text: `JWT_APP_ID=${env(issuer.appId)}`, note: 'app_id' },
    { text: `JWT_SIGN_TYPE=${algorithm}`, note: 'algorithm' },
    ...keyLines(facts),
    { text: `JWT_ACCEPTED_ISSUERS=${env(issuer.iss)}`, note: 'accepted_issuers' },
    { text: `JWT_ACCEPTED_AUDIENCES=${env(issuer.appId)}`, note: 'accepted_audiences' },
    { text: 'JWT_ALLOW_EMPTY=0', note: 'empty_tokens' },
    { text: `JWT_ENABLE_DOMAIN_VERIFICATION=${verifyDomain}`, note: 'domain_verification' },
    ...vhostOptions(facts),
    { text: `TOKEN_AUTH_URL=${env(addresses.login)}`, note: 'token_address' },
    { text: 'JICOFO_ENABLE_AUTH=0', note: 'jicofo_auth_off' },
    { text: 'ENABLE_AUTO_OWNER=0', note: 'auto_owner_off' },
    ...guestLines(facts),
    {
      text: `XMPP_MUC_MODULES=${roomModules.join(',')}`,
      note: roomModules.length > 1 ? 'room_modules' : 'token_affiliation',
    },
  ];
  return [
    { name: 'jitsi.env', target: '.env', syntax: 'env', lines },
    {
      name: 'custom-config.js',
      target: '~/.jitsi-meet-cfg/web/custom-config.js',
      syntax: 'js',
      lines: [{ text: `config.tokenLogoutUrl = ${js(addresses.logout)};`, note: 'logout_address' }],
    },
  ];
}

function keyLines({ keys, addresses }: GuideFacts): GuideLine[] {
  if (keys !== 'secret')
    return [{ text: `JWT_ASAP_KEYSERVER=${env(addresses.asap)}`, note: 'key_server' }];
  return [
    { text: `JWT_APP_SECRET=${SECRET_PLACEHOLDER}`, note: 'secret' },
    { text: 'JWT_ASAP_KEYSERVER=', note: 'secret_mode_excludes_keys' },
  ];
}

/** There are no variables for these: the template splits this one at its commas. */
function vhostOptions({ keys, addresses, waivesRoomClaim }: GuideFacts): GuideLine[] {
  const options = [
    ...(keys === 'jwks' ? [`cache_keys_url="${addresses.jwks}"`] : []),
    ...(waivesRoomClaim ? ['asap_require_room_claim=false'] : []),
  ];
  if (options.length === 0) return [];
  const lists = waivesRoomClaim ? 'key_list_and_guests' : 'key_list';
  const note = keys === 'jwks' ? lists : 'room_claim_of_guests';
  return [{ text: `XMPP_CONFIGURATION=${options.join(',')}`, note }];
}

function guestLines({ withGuests }: GuideFacts): GuideLine[] {
  if (!withGuests) return [];
  return [
    { text: 'ENABLE_GUESTS=1', note: 'guests_on' },
    { text: 'ENABLE_LOBBY=1', note: 'lobby_on' },
    { text: 'XMPP_MODULES=persistent_lobby', note: 'persistent_lobby' },
    { text: 'WAIT_FOR_HOST_DISABLE_AUTO_OWNERS=true', note: 'wait_for_host_roles' },
  ];
}
