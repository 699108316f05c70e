/**
 * The only origin Roomkey believes is the configured one.
 *
 * Koa derives scheme and host of a request from `Host` and `X-Forwarded-*`, which anybody can
 * write. Here its getters answer with the public URL instead, for our own code and for everything
 * mounted in the same app.
 *
 * @module
 */
import type Koa from 'koa';

/** `publicUrl` is asked for each request, because setup may store another one. */
export function believePublicUrl(app: Koa, publicUrl: () => URL): void {
  Object.defineProperties(app.request, {
    protocol: { get: () => publicUrl().protocol.slice(0, -1) },
    secure: { get: () => publicUrl().protocol === 'https:' },
    host: { get: () => publicUrl().host },
    hostname: { get: () => publicUrl().hostname },
    origin: { get: () => publicUrl().origin },
    subdomains: { get: () => [] },
  });
}
