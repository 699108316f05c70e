/**
 * The Prosody of an issuer, set up as its integration page says.
 *
 * @module
 */
import { isHs } from '../domain/issuer.ts';
import type { HttpAnswer, ProsodyHost } from '../domain/prosody/host.ts';
import { hostWithKeyServer, hostWithSecret } from '../domain/prosody/presets.ts';
import type { LiveIssuer } from './issuer-catalog.ts';

/** @param secret Of an HS issuer: what its `app_secret` holds. */
export function prosodyHostOf(
  { issuer, asapFiles }: Pick<LiveIssuer, 'issuer' | 'asapFiles'>,
  secret: string,
): ProsodyHost {
  const { iss, appId: aud, algorithm, sub, xmppDomain, serverUrl } = issuer;
  const host = isHs(algorithm)
    ? hostWithSecret({ iss, aud, algorithm, appSecret: secret })
    : hostWithKeyServer({ iss, aud, algorithm, asapKeyServer: (file) => answer(asapFiles, file) });
  if (sub !== 'tenant') return host;
  const domain = xmppDomain ?? (serverUrl === undefined ? undefined : new URL(serverUrl).hostname);
  return {
    ...host,
    enableDomainVerification: true,
    ...(domain === undefined ? {} : { xmppDomain: domain }),
  };
}

function answer(files: LiveIssuer['asapFiles'], file: string): HttpAnswer {
  const pem = files.get(file);
  return pem ? { status: 200, body: pem.toString() } : { status: 404, body: '' };
}
