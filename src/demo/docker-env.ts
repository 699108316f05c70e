/**
 * What docker-jitsi-meet makes of the lines of its `.env` and `custom-config.js`, as far as sign-in
 * is concerned (its `prosody`, `jicofo` and `web` templates of August 2026).
 *
 * The stand-in is set up with the very lines of our integration page: a line missing there is
 * missing here.
 *
 * @module
 */
import type { ProsodyHost } from '../domain/prosody/host.ts';
import { DOCKER_DEFAULTS } from '../domain/prosody/presets.ts';

export interface JitsiSetup {
  /** `{room}` and `{state}` are filled in by the web client. */
  readonly tokenAuthUrl: string;
  readonly tokenLogoutUrl: string | undefined;
  readonly prosody: Omit<ProsodyHost, 'keys'>;
  readonly keys:
    | { readonly kind: 'secret'; readonly appSecret: string }
    | { readonly kind: 'asap'; readonly asapKeyServer: string };
}

/**
 * @param lines `.env` lines, and those of `custom-config.js`, in any order.
 * @param secret Takes the place of what the lines say: our pages show no secret.
 * @throws {Error} when the lines set up no sign-in with tokens.
 */
export function readDockerEnv(lines: string, secret?: string): JitsiSetup {
  const env = variables(lines);
  const text = (name: string) => env.get(name) ?? '';
  const isOn = (name: string, otherwise: boolean) =>
    env.has(name) ? ['1', 'true'].includes(text(name)) : otherwise;
  const list = (name: string) => items(text(name));
  const needed = (name: string) => {
    if (text(name) === '') throw new Error(`${name} is not set`);
    return text(name);
  };
  if (!isOn('ENABLE_AUTH', false) || text('AUTH_TYPE') !== 'jwt')
    throw new Error('ENABLE_AUTH=1 and AUTH_TYPE=jwt switch sign-in with tokens on');

  const asapKeyServer = text('JWT_ASAP_KEYSERVER');
  return {
    tokenAuthUrl: needed('TOKEN_AUTH_URL'),
    tokenLogoutUrl: /^config\.tokenLogoutUrl = '([^']*)';$/m.exec(lines)?.[1],
    keys:
      asapKeyServer === ''
        ? { kind: 'secret', appSecret: secret ?? needed('JWT_APP_SECRET') }
        : { kind: 'asap', asapKeyServer },
    prosody: {
      ...DOCKER_DEFAULTS,
      appId: needed('JWT_APP_ID'),
      ...(text('JWT_SIGN_TYPE') && { signatureAlgorithm: text('JWT_SIGN_TYPE') }),
      ...(env.has('JWT_ACCEPTED_ISSUERS') && {
        asapAcceptedIssuers: list('JWT_ACCEPTED_ISSUERS'),
      }),
      ...(env.has('JWT_ACCEPTED_AUDIENCES') && {
        asapAcceptedAudiences: list('JWT_ACCEPTED_AUDIENCES'),
      }),
      allowEmptyToken: isOn('JWT_ALLOW_EMPTY', false),
      enableDomainVerification: isOn('JWT_ENABLE_DOMAIN_VERIFICATION', false),
      jicofoAuthentication: isOn('JICOFO_ENABLE_AUTH', true),
      enableAutoOwner: isOn('ENABLE_AUTO_OWNER', true),
      tokenAffiliation: list('XMPP_MUC_MODULES').includes('token_affiliation'),
      presenceIdentity: list('XMPP_MODULES').includes('presence_identity'),
      mucWaitForHost: list('XMPP_MUC_MODULES').includes('muc_wait_for_host'),
      waitForHostDisableAutoOwners: isOn('WAIT_FOR_HOST_DISABLE_AUTO_OWNERS', false),
      asapRequireRoomClaim: !list('XMPP_CONFIGURATION').includes('asap_require_room_claim=false'),
    },
  };
}

function variables(lines: string): ReadonlyMap<string, string> {
  const pairs = lines.matchAll(/^([A-Z_]+)=(.*)$/gm);
  return new Map([...pairs].map(([, name = '', value = '']) => [name, value.trim()]));
}

function items(list: string): readonly string[] {
  return list.split(',').flatMap((item) => item.trim() || []);
}
