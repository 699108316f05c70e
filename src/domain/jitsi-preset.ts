import { isHs, type Issuer } from './issuer.ts';

/** Addresses of Jitsi's own pages, as it installs them. */
export interface JitsiPreset {
  readonly clientId: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
}

export type JitsiPresetReading =
  | { readonly kind: 'ready'; readonly preset: JitsiPreset }
  /** `shared_secret`: nobody could check its tokens; `no_server`: the address is not known. */
  | { readonly kind: 'none'; readonly why: 'shared_secret' | 'no_server' };

/** `made`: the issuer has such a client. */
export type PresetOffer = 'ready' | 'made' | 'shared_secret' | 'no_server';

export function offerPreset(issuer: Issuer): PresetOffer {
  if (issuer.clients.some(({ kind }) => kind === 'jitsi')) return 'made';
  const reading = jitsiPreset(issuer);
  return reading.kind === 'ready' ? 'ready' : reading.why;
}

/**
 * Jitsi's `sso.html` as a client of this issuer, by the address of its server.
 *
 * Source: jitsi-meet, `static/sso.html` and `static/logout.html`.
 */
export function jitsiPreset({ algorithm, serverUrl, clients }: Issuer): JitsiPresetReading {
  if (isHs(algorithm)) return { kind: 'none', why: 'shared_secret' };
  if (serverUrl === undefined) return { kind: 'none', why: 'no_server' };
  const at = (page: string) => new URL(`static/${page}`, serverUrl).href;
  const taken = clients.some(({ clientId }) => clientId === 'jitsi');
  return {
    kind: 'ready',
    preset: {
      clientId: taken ? '' : 'jitsi',
      redirectUris: [at('sso.html')],
      postLogoutRedirectUris: [at('logout.html')],
    },
  };
}
