import { buildIntegrationGuide } from '../domain/integration-guide.ts';
import type { Issuer } from '../domain/issuer.ts';
import { isLocalHost } from '../domain/local-host.ts';
import type { PageContexts } from './page-contexts.ts';

/** What the integration page of an issuer shows, whenever it is shown. */
export function guideFor(
  issuer: Issuer,
  publicUrl: URL,
): Omit<PageContexts['integration'], 'occasion'> {
  return {
    issuerName: issuer.name,
    host: issuer.serverUrl === undefined ? undefined : new URL(issuer.serverUrl).host,
    variants: buildIntegrationGuide(issuer, publicUrl),
    publicUrl: publicUrl.origin,
    reach: isLocalHost(publicUrl) ? 'this_machine' : 'anywhere',
  };
}
