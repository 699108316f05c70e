/**
 * How a house shows itself: a name, a logo, a colour. Data, never templates: nunjucks is no
 * sandbox.
 *
 * @module
 */
import { z } from 'zod';
import { toLocalPath } from './local-path.ts';

export interface Branding {
  readonly name: string;
  /** An https address, or a path of this site. */
  readonly logoUrl: string | undefined;
  /** `#rrggbb` */
  readonly color: string;
}

export const DEFAULT_BRANDING: Branding = {
  name: 'Roomkey',
  logoUrl: undefined,
  color: '#1f5fbf',
};

export const brandingSchema = z.object({
  name: z.string().trim().min(1).max(80),
  logoUrl: z.string().max(500).refine(isLogo, 'must be an https address or a path').optional(),
  color: z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be written #rrggbb'),
});

/** The origin a page must let images come from, when it is not our own. */
export function logoOrigin({ logoUrl }: Branding): string | undefined {
  return logoUrl?.startsWith('https:') ? new URL(logoUrl).origin : undefined;
}

function isLogo(value: string): boolean {
  return URL.parse(value)?.protocol === 'https:' || toLocalPath(value) !== undefined;
}
