import type { JitsiApp } from './jitsi-state.ts';

const WEB_SCHEME = /^https?:/;

/**
 * The address that opens a meeting in a Jitsi app instead of the browser (as the apps' own
 * deep links; jitsi-contrib/jitsi-oidc-adapter does the same).
 *
 * @param url a meeting URL.
 */
export function appReturnUrl(app: JitsiApp, url: string): string {
  return BY_APP[app](url);
}

const BY_APP: Readonly<Record<JitsiApp, (url: string) => string>> = {
  ios: (url) => url.replace(WEB_SCHEME, 'org.jitsi.meet:'),
  android: (url) => `${url.replace(WEB_SCHEME, 'intent:')}${ANDROID_INTENT}`,
  electron: (url) => url.replace(WEB_SCHEME, 'jitsi-meet:'),
};

const ANDROID_INTENT = '#Intent;scheme=org.jitsi.meet;package=org.jitsi.meet;end';
