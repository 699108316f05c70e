/**
 * The Jitsi door: Jitsi's `tokenAuthUrl` and `tokenLogoutUrl`.
 *
 *     GET /jitsi[/{issuer}]/login?room=&state=    send a person into a room
 *     GET /jitsi[/{issuer}]/logout                end the sign-in, back to Jitsi
 *     GET /room/{room}, /oidc/auth, /authenticate    the bridges' addresses
 *
 * @module
 */
import type { Router } from '@koa/router';
import { getOnly } from '../../http/methods.ts';
import { createRouter } from '../../http/router.ts';
import { bridgeQuery, bridgeRoom } from './bridges.ts';
import type { LoginDeps } from './login.ts';
import { login } from './login.ts';
import { type LogoutDeps, logout } from './logout.ts';

export type JitsiDoorDeps = LoginDeps & LogoutDeps;

export function jitsiRoutes(deps: JitsiDoorDeps): Router {
  return createRouter()
    .get('/jitsi{/:slug}/login', getOnly(), login(deps))
    .get('/jitsi{/:slug}/logout', getOnly(), logout(deps))
    .get('/room/:room', getOnly(), bridgeRoom(deps))
    .get('/oidc/auth', getOnly(), bridgeQuery(deps))
    .get('/authenticate', getOnly(), bridgeQuery(deps));
}
