/**
 * The people's door.
 *
 *     GET  /                              room launcher
 *     GET, POST /login; GET, POST /logout sign in, sign out
 *     GET  /upstream/{slug}/login         sign in with a directory
 *     GET  /upstream/{slug}/callback, /callback, /oidc/redirect, /oidc/tokenize
 *     GET, POST /setup?token=             first administrator and first issuer
 *     GET, POST /password/{token}         a password of one’s own, by a link
 *     GET, POST /account                  own name, language, picture
 *     GET, POST /account/password
 *     GET  /account/ways-in; POST /account/ways-in/{confirm,link,remove}
 *     GET  /account/sessions; POST /account/sessions/{end,end-others}
 *     GET  /account/activity
 *     GET  /avatars/{address}             a picture, for whoever knows its address
 *
 * @module
 */
import type { Router } from '@koa/router';
import { BRIDGE_CALLBACKS } from '../../domain/upstreams/upstream.ts';
import { getOnly } from '../../http/methods.ts';
import { createRouter } from '../../http/router.ts';
import { type AccountDeps, showAccount, submitAccount } from './account.ts';
import {
  type ApplicationsPageDeps,
  showApplications,
  submitWithdrawal,
} from './account-applications.ts';
import { type ActivityDeps, showActivity } from './account-activity.ts';
import { type AvatarDeps, showAvatar } from './avatar.ts';
import { type PasswordPageDeps, showPassword, submitPassword } from './account-password.ts';
import {
  showWays,
  submitConfirmation,
  submitLink,
  submitRemoval,
  type WaysPageDeps,
} from './account-ways.ts';
import { endOthers, endSession, type SessionsPageDeps, showSessions } from './account-sessions.ts';
import { type HomeDeps, showHome } from './home.ts';
import { type LoginPageDeps, showLogin, submitLogin } from './login.ts';
import { type LogoutPageDeps, showLoggedOut, submitLogout } from './logout.ts';
import {
  type PasswordLinkPageDeps,
  showPasswordLink,
  submitPasswordLink,
} from './password-link.ts';
import { returnFromUpstream, type UpstreamCallbackDeps } from './upstream-callback.ts';
import { beginAtUpstream, type UpstreamLoginDeps } from './upstream-login.ts';
import { type SetupPageDeps, showSetup, submitSetup } from './setup.ts';

export type PortalDoorDeps = HomeDeps &
  LoginPageDeps &
  LogoutPageDeps &
  UpstreamLoginDeps &
  UpstreamCallbackDeps &
  SetupPageDeps &
  AccountDeps &
  PasswordPageDeps &
  WaysPageDeps &
  PasswordLinkPageDeps &
  SessionsPageDeps &
  ActivityDeps &
  AvatarDeps &
  ApplicationsPageDeps;

export function portalRoutes(deps: PortalDoorDeps): Router {
  const comeBack = returnFromUpstream(deps);
  const router = createRouter()
    .get('/upstream/:slug/login', getOnly(), beginAtUpstream(deps))
    .get('/upstream/:slug/callback', getOnly(), comeBack);
  for (const path of BRIDGE_CALLBACKS) router.get(path, getOnly(), comeBack);
  return router
    .get('/avatars/:address', showAvatar(deps))
    .get('/', showHome(deps))
    .get('/login', showLogin(deps))
    .post('/login', submitLogin(deps))
    .get('/logout', showLoggedOut(deps))
    .post('/logout', submitLogout(deps))
    .get('/setup', showSetup(deps))
    .post('/setup', submitSetup(deps))
    .get('/password/:token', showPasswordLink(deps))
    .post('/password/:token', submitPasswordLink(deps))
    .get('/account', showAccount(deps))
    .post('/account', submitAccount(deps))
    .get('/account/password', showPassword(deps))
    .post('/account/password', submitPassword(deps))
    .get('/account/ways-in', showWays(deps))
    .post('/account/ways-in/confirm', submitConfirmation(deps))
    .post('/account/ways-in/link', submitLink(deps))
    .post('/account/ways-in/remove', submitRemoval(deps))
    .get('/account/sessions', showSessions(deps))
    .post('/account/sessions/end', endSession(deps))
    .post('/account/sessions/end-others', endOthers(deps))
    .get('/account/applications', showApplications(deps))
    .post('/account/applications/withdraw', submitWithdrawal(deps))
    .get('/account/activity', showActivity(deps));
}
