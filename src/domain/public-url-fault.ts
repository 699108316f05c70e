import { isLocalHost } from './local-host.ts';

/** `local`: reaches this machine only. `plain`: passwords travel in the open. `no_proxies`: a proxy must be there, and none is trusted. */
export type PublicUrlFault = 'local' | 'plain' | 'no_proxies';

/** What is wrong with the address people reach us at, if anything. */
export function publicUrlFault(
  publicUrl: URL,
  trustedProxies: readonly string[],
): PublicUrlFault | undefined {
  if (isLocalHost(publicUrl)) return 'local';
  if (publicUrl.protocol === 'http:') return 'plain';
  return trustedProxies.length > 0 ? undefined : 'no_proxies';
}
