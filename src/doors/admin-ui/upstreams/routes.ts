/**
 * Directories people sign in with.
 *
 * @module
 */
import { type AdminRoute, freshPost, get, post } from '../route.ts';
import {
  showUpstreamSync,
  submitConfirmedSync,
  submitSync,
  type UpstreamSyncDeps,
} from './syncs.ts';
import {
  showUpstreamTest,
  showUpstreamTrial,
  submitUpstreamTest,
  type UpstreamTestDeps,
} from './test.ts';
import {
  showNewUpstream,
  showUpstream,
  showUpstreams,
  submitNewUpstream,
  submitRemoveUpstream,
  submitUpstream,
  type UpstreamPageDeps,
} from './pages.ts';

type UpstreamDeps = UpstreamPageDeps & UpstreamSyncDeps & UpstreamTestDeps;

export function upstreamRoutes(deps: UpstreamDeps): readonly AdminRoute[] {
  const at = '/admin/upstreams';
  return [
    get(at, 'upstreams:read', showUpstreams(deps)),
    get(`${at}/new`, 'upstreams:write', showNewUpstream(deps)),
    freshPost(`${at}/new`, 'upstreams:write', submitNewUpstream(deps)),
    get(`${at}/:slug`, 'upstreams:read', showUpstream(deps)),
    freshPost(`${at}/:slug`, 'upstreams:write', submitUpstream(deps)),
    freshPost(`${at}/:slug/remove`, 'upstreams:write', submitRemoveUpstream(deps)),
    post(`${at}/:slug/syncs`, 'upstreams:write', submitSync(deps)),
    get(`${at}/:slug/syncs/:id`, 'upstreams:read', showUpstreamSync(deps)),
    freshPost(`${at}/:slug/syncs/:id/confirm`, 'upstreams:write', submitConfirmedSync(deps)),
    get(`${at}/:slug/test`, 'upstreams:write', showUpstreamTest(deps)),
    post(`${at}/:slug/test`, 'upstreams:write', submitUpstreamTest(deps)),
    get(`${at}/:slug/test/:id`, 'upstreams:write', showUpstreamTrial(deps)),
  ];
}
