import { faultText } from './faults.ts';
import { z } from 'zod';

/** The issuer whose addresses leave the slug out. */
export const MAIN_SLUG = 'main';

/** Path words of our own: an issuer of that name could not be addressed. */
const RESERVED = new Set(['login', 'logout', 'asap', 'jwks.json', 'jwks', 'jitsi', 'new']);

/** Names an issuer in addresses: `[a-z0-9-]`, 1 to 40 long, none of our own path words. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, { error: faultText('slug') })
  .refine((slug) => !RESERVED.has(slug), { error: faultText('slug_reserved') });

/** Its people have it as `source`, where `local` means nobody's. */
export const upstreamSlugSchema = slugSchema.refine((slug) => slug !== 'local', {
  error: faultText('slug_reserved'),
});
