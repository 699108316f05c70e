import type { Config } from '../../config/config.ts';
import { publicUrlFault } from '../../domain/public-url-fault.ts';
import { type Finding, good, worry } from './finding.ts';

const CHECK = 'public URL';

export function examinePublicUrl(
  publicUrl: URL,
  { publicUrl: fixed, trustedProxies }: Config,
): Finding[] {
  const { origin } = publicUrl;
  const from = fixed ? 'by PUBLIC_URL' : 'as setup stored it, or by default';
  const reached = `People reach Roomkey at ${origin} (${from})`;
  const fault = publicUrlFault(publicUrl, trustedProxies);
  if (fault === undefined) return [good(CHECK, `${reached}.`)];
  if (fault === 'local')
    return [
      worry(
        CHECK,
        `${reached}: from this machine only.`,
        'Set PUBLIC_URL to the address that browsers use.',
      ),
    ];
  if (fault === 'plain')
    return [
      worry(
        CHECK,
        `${origin} is not encrypted: passwords and cookies travel in the open.`,
        'Put a proxy with TLS before Roomkey, and set PUBLIC_URL to its https address.',
      ),
    ];
  return [
    worry(
      CHECK,
      `${origin} means a proxy before Roomkey, and TRUSTED_PROXIES names none.`,
      'Set TRUSTED_PROXIES to its network: until then nobody has an address, and rules that read one deny.',
    ),
  ];
}
