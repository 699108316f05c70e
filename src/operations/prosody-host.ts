/**
 * The Prosody of an issuer, set up as its integration page says.
 *
 * @module
 */
import { type Issuer, isHs } from '../domain/issuer.ts';
import type { HttpAnswer, ProsodyHost } from '../domain/prosody/host.ts';
import { hostWithKeyServer, hostWithSecret } from '../domain/prosody/presets.ts';
import type { LiveIssuer } from './issuer-catalog.ts';

/**
 * @param secret Of an HS issuer: what its `app_secret` holds.
 * @param publicUrl Where the realm is, for tokens of the sign-in in a popup.
 */
export function prosodyHostOf(
  { issuer, asapFiles }: Pick<LiveIssuer, 'issuer' | 'asapFiles'>,
  secret: string,
  publicUrl?: URL,
): ProsodyHost {
  const { iss, appId: aud, algorithm, sub, xmppDomain, serverUrl } = issuer;
  const host = isHs(algorithm)
    ? hostWithSecret({ iss, aud, algorithm, appSecret: secret })
    : withPopup(
        hostWithKeyServer({
          iss,
          aud,
          algorithm,
          asapKeyServer: (file) => answer(asapFiles, file),
        }),
        issuer,
        publicUrl,
      );
  if (sub !== 'tenant') return host;
  const domain = xmppDomain ?? (serverUrl === undefined ? undefined : new URL(serverUrl).hostname);
  return {
    ...host,
    enableDomainVerification: true,
    ...(domain === undefined ? {} : { xmppDomain: domain }),
  };
}

/** With a Jitsi client Prosody takes the tokens of both ways: see `handbookFiles`. */
function withPopup(host: ProsodyHost, issuer: Issuer, publicUrl: URL | undefined): ProsodyHost {
  const client = issuer.clients.find(({ kind }) => kind === 'jitsi');
  if (!client) return host;
  const { iss, appId, slug } = issuer;
  const realm = publicUrl ? `${publicUrl.origin}/realms/${slug}` : iss;
  return {
    ...host,
    asapAcceptedIssuers: [...new Set([iss, realm])],
    asapAcceptedAudiences: [...new Set([appId, client.audience ?? appId])],
  };
}

function answer(files: LiveIssuer['asapFiles'], file: string): HttpAnswer {
  const pem = files.get(file);
  return pem ? { status: 200, body: pem.toString() } : { status: 404, body: '' };
}
