import { stringify } from 'yaml';

const HEAD = [
  '# What this Roomkey serves. No secret and no password is in it: where it is applied to another',
  '# Roomkey, give HS issuers and clients with a secret their secretFile, and people a password',
  '# or passwordHash.',
];

/** As a file that `apply` reads. */
export function writeConfig(config: unknown): string {
  return `${HEAD.join('\n')}\n${stringify(config, { lineWidth: 100 })}`;
}
