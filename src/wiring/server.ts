import Koa from 'koa';
import { apiRoutes } from '../doors/admin-api/routes.ts';
import { adminRoutes } from '../doors/admin-ui/routes.ts';
import { keyFiles } from '../doors/jitsi/key-files.ts';
import { jitsiRoutes } from '../doors/jitsi/routes.ts';
import { realmErrors } from '../doors/oidc/errors.ts';
import { realmFiles } from '../doors/oidc/realm-files.ts';
import { realms } from '../doors/oidc/realms.ts';
import { health } from '../doors/operator/health.ts';
import { portalRoutes } from '../doors/portal/routes.ts';
import { resolveClientIp } from '../http/client-ip.ts';
import { answerErrors, byAddress, type ErrorRenderer } from '../http/errors.ts';
import { htmlErrors } from '../http/html-errors.ts';
import { jsonErrors } from '../http/json-errors.ts';
import { DEFAULT_LANGUAGE } from '../http/messages.ts';
import { languageRoutes } from '../http/language-switch.ts';
import { refuseMalformed } from '../http/malformed.ts';
import { refuseUnanswered } from '../http/methods.ts';
import { believePublicUrl } from '../http/public-origin.ts';
import { nameRequests } from '../http/request-id.ts';
import { logRequests } from '../http/request-log.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { loadSession } from '../http/session.ts';
import { findApiCaller } from '../operations/find-api-caller.ts';
import { resolveSession } from '../operations/resolve-session.ts';
import type { AppContext } from './context.ts';

/** Assembles the HTTP server. Read it top to bottom: that is the order of a request. */
export function createServer(context: AppContext): Koa {
  const { assets, catalog, clock, config, forms, log, random, readiness } = context;
  const app = new Koa();
  believePublicUrl(app, context.publicUrl);
  app.on('error', (err: unknown) => noteBreak(log, err));

  app.use(keyFiles({ catalog }));
  app.use(realmFiles(context));
  app.use(health(readiness));
  app.use(nameRequests(random));
  app.use(logRequests(log, clock));
  app.use(securityHeaders());
  app.use(answerErrors(log, errorsOf(context)));
  app.use(refuseMalformed());
  app.use(resolveClientIp({ trustedProxies: config.trustedProxies, log, clock }));
  app.use(assets.serve);
  app.use(loadSession((token) => findSession(context, token)));

  app.use(realms(context));
  app.use(jitsiRoutes(context).routes());
  app.use(portalRoutes(context).routes());
  app.use(languageRoutes(forms).routes());
  app.use(adminRoutes(context).routes());
  app.use(apiRoutes({ ...context, findCaller: (token) => findCaller(context, token) }).routes());
  app.use(refuseUnanswered());
  return app;
}

/** In the language of the door: programs read JSON, people pages. */
function errorsOf({ pages, wordings }: AppContext): ErrorRenderer {
  const html = htmlErrors(pages);
  const realm = realmErrors(html);
  const doors = {
    '/api/': jsonErrors(wordings(DEFAULT_LANGUAGE)),
    '/realms/': realm,
    '/.well-known/oauth-': realm,
  };
  return byAddress(doors, html);
}

/** The query for the session also tells whether what we hold in memory is still true. */
async function findSession(context: AppContext, token: string) {
  const live = await resolveSession(context, token);
  if (live) await context.catalog.atLeast(live.catalogVersion);
  return live;
}

/** A browser that left, or sent what is no HTTP, is nothing an operator must look at. */
function noteBreak(log: AppContext['log'], err: unknown): void {
  const code = err instanceof Error && 'code' in err ? String(err.code) : '';
  const level = /^(HPE_|ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)/.test(code) ? 'info' : 'error';
  log[level]({ err }, 'an answer broke off');
}

/** The same for programs. */
async function findCaller(context: AppContext, token: string) {
  const caller = await findApiCaller(context, token);
  if (caller) await context.catalog.atLeast(caller.catalogVersion);
  return caller;
}
