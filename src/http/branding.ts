import type { Branding } from '../domain/branding.ts';

/** The origin a page must let images come from, when it is not our own. */
export function logoOrigin({ logoUrl }: Branding): string | undefined {
  return logoUrl?.startsWith('https:') ? new URL(logoUrl).origin : undefined;
}
