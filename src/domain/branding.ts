/**
 * How a house shows itself: a name, a logo, a colour. Data, never templates: nunjucks is no
 * sandbox.
 *
 * @module
 */
import { z } from 'zod';

export interface Branding {
  readonly name: string;
  /** An https address, or a path of this site. */
  readonly logoUrl?: string | undefined;
  /** `#rrggbb` */
  readonly color: string;
}

export const DEFAULT_BRANDING: Branding = { name: 'Roomkey', color: '#1f5fbf' };

export const brandingSchema = z.object({
  name: z.string().trim().min(1).max(80).default(DEFAULT_BRANDING.name),
  logoUrl: z.string().max(500).refine(isLogo, 'must be an https address or a path').optional(),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be written #rrggbb')
    .default(DEFAULT_BRANDING.color),
});

/** Name of the setting that holds it. */
export const BRANDING_SETTING = 'branding';

/** What is stored; the default when nothing is, or nothing we can read. */
export function readBranding(stored: unknown): Branding {
  const result = brandingSchema.safeParse(stored);
  return result.success ? result.data : DEFAULT_BRANDING;
}

/** A path may not name another host: neither `//host` nor what browsers take for it. */
function isLogo(value: string): boolean {
  return URL.parse(value)?.protocol === 'https:' || /^\/(?![/\\])[^\\\p{Cc}\p{Cs}]*$/u.test(value);
}
