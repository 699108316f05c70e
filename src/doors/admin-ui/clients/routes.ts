/**
 * OpenID clients of an issuer. A client is named in the query: its id may be any word, `new` too.
 *
 *     GET, POST /admin/issuers/{slug}/clients/new?preset=jitsi
 *     GET, POST /admin/issuers/{slug}/clients/edit?id=
 *     POST      /admin/issuers/{slug}/clients/{remove,secret,end-former}
 *
 * @module
 */
import { type AdminRoute, freshPost, get, post } from '../route.ts';
import {
  showEditClient,
  showNewClient,
  submitEditClient,
  submitNewClient,
  submitRemoveClient,
} from './edit.ts';
import { showClients } from './list.ts';
import type { ClientPageDeps } from './page.ts';
import { submitClientSecret, submitEndFormer } from './secret.ts';

export function clientRoutes(deps: ClientPageDeps): readonly AdminRoute[] {
  const at = '/admin/issuers/:slug/clients';
  return [
    get(at, 'issuers:read', showClients(deps)),
    get(`${at}/new`, 'issuers:write', showNewClient(deps)),
    freshPost(`${at}/new`, 'issuers:write', submitNewClient(deps)),
    get(`${at}/edit`, 'issuers:read', showEditClient(deps)),
    freshPost(`${at}/edit`, 'issuers:write', submitEditClient(deps)),
    freshPost(`${at}/remove`, 'issuers:write', submitRemoveClient(deps)),
    freshPost(`${at}/secret`, 'keys:write', submitClientSecret(deps)),
    post(`${at}/end-former`, 'keys:write', submitEndFormer(deps)),
  ];
}
