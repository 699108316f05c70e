import type { Config } from '../../config/config.ts';
import { isLocalHost } from '../../domain/local-host.ts';
import { type Finding, good, worry } from './finding.ts';

export function examinePublicUrl(
  publicUrl: URL,
  { publicUrl: fixed, trustedProxies }: Config,
): Finding[] {
  const { origin, protocol } = publicUrl;
  const from = fixed ? 'by PUBLIC_URL' : 'as setup stored it, or by default';
  if (isLocalHost(publicUrl))
    return [
      worry(
        'public URL',
        `People reach Roomkey at ${origin} (${from}): from this machine only.`,
        'Set PUBLIC_URL to the address that browsers use.',
      ),
    ];
  if (protocol === 'http:')
    return [
      worry(
        'public URL',
        `${origin} is not encrypted: passwords and cookies travel in the open.`,
        'Put a proxy with TLS before Roomkey, and set PUBLIC_URL to its https address.',
      ),
    ];
  if (trustedProxies.length > 0)
    return [good('public URL', `People reach Roomkey at ${origin} (${from}).`)];
  return [
    worry(
      'public URL',
      `${origin} means a proxy before Roomkey, and TRUSTED_PROXIES names none.`,
      'Set TRUSTED_PROXIES to its network: until then nobody has an address, and rules that read one deny.',
    ),
  ];
}
