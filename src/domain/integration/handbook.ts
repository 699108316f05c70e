/**
 * What Jitsi's handbook writes for Keycloak, with our addresses: the sign-in in a popup. These lines
 * take the place of those of the same name; apps, which have no popup, go on by the Jitsi door, so
 * Prosody takes the tokens of both.
 *
 * Source: jitsi.github.io/handbook, "Authentication"; jitsi-meet `static/sso.html`.
 *
 * @module
 */
import type { Client } from '../client.ts';
import type { GuideFacts } from './facts.ts';
import type { GuideChoice, GuideFile, GuideLine } from './guide-file.ts';
import { env, js, lua } from './literals.ts';

const CONFIG_JS = {
  docker: () => '~/.jitsi-meet-cfg/web/custom-config.js',
  debian: (host: string) => `/etc/jitsi/meet/${host}-config.js`,
  nixos: () => 'services.jitsi-meet.extraConfig',
} as const;

/** None for an issuer without a Jitsi client, nor where a secret is shared. */
export function handbookFiles(facts: GuideFacts, { platform }: GuideChoice): GuideFile[] {
  const client = facts.issuer.clients.find(({ kind }) => kind === 'jitsi');
  if (!client || facts.keys === 'secret') return [];
  const realm = `${facts.publicUrl.origin}/realms/${facts.issuer.slug}`;
  const popup: GuideFile = {
    name: 'sign-in-popup.js',
    target: CONFIG_JS[platform](facts.host),
    syntax: 'js',
    lines: configLines(realm, client),
  };
  const prosody: GuideFile =
    platform === 'docker'
      ? { name: 'popup.env', target: '.env', syntax: 'env', lines: envLines(facts, realm, client) }
      : {
          name: 'popup.cfg.lua',
          target: 'VirtualHost',
          syntax: 'lua',
          lines: prosodyLines(facts, realm, client),
        };
  return [popup, prosody];
}

function configLines(realm: string, client: Client): GuideLine[] {
  const at = `${realm}/protocol/openid-connect`;
  const [page = ''] = client.redirectUris;
  const [after] = client.postLogoutRedirectUris;
  const { clientId } = client;
  const logout =
    after === undefined ? `${at}/logout` : `${at}/logout?post_logout_redirect_uri=${after}`;
  return [
    {
      text: `config.tokenAuthUrl = ${js(
        `${at}/auth?client_id=${clientId}&response_type=code&scope=openid&state={state}` +
          `&redirect_uri=${page}&code_challenge={code_challenge}&code_challenge_method=S256`,
      )};`,
      note: 'popup_address',
    },
    { text: 'config.tokenAuthInline = true;' },
    { text: `config.tokenLogoutUrl = ${js(logout)};`, note: 'logout_address' },
    { text: 'config.sso = {', note: 'popup_page' },
    { text: `  ssoService: ${js(new URL(realm).host)},` },
    // Jitsi's page adds the scheme and /token itself.
    { text: `  tokenService: ${js(at.replace(/^https?:\/\//, ''))},` },
    { text: `  clientId: ${js(clientId)},` },
    { text: '};' },
  ];
}

const certs = (realm: string) => `${realm}/protocol/openid-connect/certs`;

const audiences = ({ issuer }: GuideFacts, { audience }: Client) => [
  ...new Set([issuer.appId, audience ?? issuer.appId]),
];

/** Of all issuers but the main one, the Jitsi tokens name the realm already. */
const issuersOf = ({ issuer }: GuideFacts, realm: string) => [...new Set([issuer.iss, realm])];
const noteOn = (issuers: readonly string[]) =>
  issuers.length > 1 ? 'popup_replaces' : 'popup_repeats';

function envLines(facts: GuideFacts, realm: string, client: Client): GuideLine[] {
  const issuers = issuersOf(facts, realm);
  const claim = facts.waivesRoomClaim ? ',asap_require_room_claim=false' : '';
  return [
    { text: `JWT_ACCEPTED_ISSUERS=${env(issuers.join(','))}`, note: noteOn(issuers) },
    { text: `JWT_ACCEPTED_AUDIENCES=${env(audiences(facts, client).join(','))}` },
    { text: `XMPP_CONFIGURATION=cache_keys_url="${certs(realm)}"${claim}`, note: 'popup_keys' },
  ];
}

function prosodyLines(facts: GuideFacts, realm: string, client: Client): GuideLine[] {
  const list = (texts: readonly string[]) => `{ ${texts.map(lua).join(', ')} }`;
  const issuers = issuersOf(facts, realm);
  return [
    { text: `asap_accepted_issuers = ${list(issuers)}`, note: noteOn(issuers) },
    { text: `asap_accepted_audiences = ${list(audiences(facts, client))}` },
    { text: `cache_keys_url = ${lua(certs(realm))}`, note: 'popup_keys' },
  ];
}
