import { fromUpstream } from '../config-file/upstream-entry.ts';
import type { LdapUpstream, OidcUpstream, Upstream } from './upstream.ts';

/**
 * All that can be declared of an upstream, defaults too, by the names of the configuration file;
 * `null` is nothing. No secret is in it. What is shown, compared and sent back.
 */
export function representUpstream(upstream: Upstream) {
  const { mapping, attributes } = fromUpstream(upstream);
  return {
    slug: upstream.slug,
    type: upstream.type,
    name: upstream.name,
    disabled: upstream.disabled,
    ...(upstream.type === 'oidc' ? representOidc(upstream) : representLdap(upstream)),
    emailDomains: upstream.emailDomains,
    createRule: upstream.createRule,
    trusted: upstream.trusted,
    mapping: mapping ?? null,
    attributes: attributes ?? null,
    groups: upstream.groups ?? null,
    avatars: upstream.avatars,
  };
}

function representOidc(upstream: OidcUpstream) {
  return {
    issuerUrl: upstream.issuerUrl,
    endpoints: upstream.endpoints ?? null,
    clientId: upstream.clientId,
    auth: upstream.auth,
    scopes: upstream.scopes,
    acrValues: upstream.acrValues,
    prompt: upstream.prompt ?? null,
    audiences: upstream.audiences,
    quirks: upstream.quirks,
    signOut: upstream.signOut,
    callback: upstream.callback ?? null,
  };
}

function representLdap(upstream: LdapUpstream) {
  return {
    directory: upstream.directory,
    urls: upstream.urls,
    security: upstream.security,
    ca: upstream.ca ?? null,
    bindDn: upstream.bindDn ?? null,
    baseDn: upstream.baseDn,
    userFilter: upstream.userFilter,
    peopleFilter: upstream.peopleFilter,
    subjectAttribute: upstream.subjectAttribute,
    groupBaseDn: upstream.groupBaseDn,
    groupFilter: upstream.groupFilter,
    groupNameAttribute: upstream.groupNameAttribute,
    nestedGroups: upstream.nestedGroups,
    pictureAttribute: upstream.pictureAttribute ?? null,
    timeoutSeconds: upstream.timeoutSeconds,
    pageSize: upstream.pageSize,
    syncMinutes: upstream.syncMinutes ?? null,
  };
}
