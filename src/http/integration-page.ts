import { buildIntegrationGuide } from '../domain/integration/guide.ts';
import type { GuideChoice } from '../domain/integration/guide-file.ts';
import type { Issuer } from '../domain/issuer.ts';
import { offerPreset } from '../domain/jitsi-preset.ts';
import { isLocalHost } from '../domain/local-host.ts';
import type { PageContexts } from './page-contexts.ts';

/** What the integration page of an issuer shows, whenever it is shown. */
export function guideFor(
  issuer: Issuer,
  publicUrl: URL,
  choice?: GuideChoice,
): Omit<PageContexts['integration'], 'occasion'> {
  const guide = buildIntegrationGuide(issuer, publicUrl, choice);
  return {
    issuer: { slug: issuer.slug, name: issuer.name, mayWrite: true },
    host: issuer.serverUrl === undefined ? undefined : new URL(issuer.serverUrl).host,
    guide,
    query: `?${new URLSearchParams({ ...guide.choice }).toString()}`,
    publicUrl: publicUrl.origin,
    reach: isLocalHost(publicUrl) ? 'this_machine' : 'anywhere',
    clients: issuer.clients.length,
    preset: offerPreset(issuer),
  };
}
