/**
 * Which ways in the sign-in page offers, and when it leads on by itself.
 *
 * @module
 */
import { readSignIn, SIGN_IN_SETTING } from '../../domain/sign-in-setting.ts';
import type { UpstreamButton } from '../../http/page-contexts/upstream-ways.ts';
import type { CatalogSnapshot } from '../../operations/issuer-catalog.ts';
import { listOidc, type LiveOidcUpstream } from '../../operations/upstreams/live-oidc.ts';
import { upstreamHref } from './upstream-problem.ts';

export interface WaysIn {
  readonly openid: readonly LiveOidcUpstream[];
  /** Whether the form is for everybody: our own passwords, or those of a directory. */
  readonly password: 'everyone' | 'administrators';
}

export function waysIn({
  settings,
  upstreams,
}: Pick<CatalogSnapshot, 'settings' | 'upstreams'>): WaysIn {
  const { local } = readSignIn(settings.get(SIGN_IN_SETTING));
  const isLdap = [...upstreams.values()].some(
    ({ upstream }) => upstream.type === 'ldap' && !upstream.disabled,
  );
  const openid = listOidc(upstreams);
  // Without any other way in the form is the only one that is left.
  const isForm = local === 'everyone' || isLdap || openid.length === 0;
  return { openid, password: isForm ? 'everyone' : 'administrators' };
}

/** The one that is asked for by its slug, or the only one: nothing to choose, no page in between. */
export function wayOn(
  { openid, password }: WaysIn,
  asked: string | undefined,
): LiveOidcUpstream | undefined {
  const named = openid.find(({ upstream }) => upstream.slug === asked);
  if (named) return named;
  return openid.length === 1 && password === 'administrators' ? openid[0] : undefined;
}

export function buttonsOf({ openid }: WaysIn, returnTo: string): UpstreamButton[] {
  return openid.map(({ upstream: { name, slug } }) => ({
    name,
    href: upstreamHref(slug, { returnTo }),
  }));
}
