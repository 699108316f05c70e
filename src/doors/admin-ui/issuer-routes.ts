/**
 * Everything of one issuer, but for the lines of its Jitsi server:
 *
 *     /admin/issuers/new
 *     /admin/issuers/{slug}                     what it is
 *     /admin/issuers/{slug}/edit, …/remove
 *     /admin/issuers/{slug}/rules, …/mapping, …/{rules,mapping}/preview
 *     /admin/issuers/{slug}/rooms, …/policy, …/policy/preview
 *     /admin/issuers/{slug}/keys, …/rotate, …/retire, …/generate, …/import, …/schedule
 *     /admin/issuers/{slug}/check
 *
 * @module
 */
import { type IssuerCheckDeps, showCheck, submitCheck } from './issuer-check.ts';
import { showEditIssuer, submitEditIssuer, submitRemoveIssuer } from './issuer-edit.ts';
import {
  showKeys,
  submitGeneration,
  submitImport,
  submitRetirement,
  submitRotation,
  submitSchedule,
} from './issuer-keys.ts';
import { showNewIssuer, submitNewIssuer } from './issuer-new.ts';
import { showIssuer } from './issuer-overview.ts';
import { previewPolicy, showPolicy, showRooms, submitPolicy, submitRooms } from './issuer-rooms.ts';
import {
  type IssuerRuleDeps,
  previewMapping,
  previewRules,
  showMapping,
  showRules,
  submitMapping,
  submitRules,
} from './issuer-rules.ts';
import { type AdminRoute, freshPost, get, post } from './route.ts';

export function issuerPageRoutes(deps: IssuerCheckDeps & IssuerRuleDeps): readonly AdminRoute[] {
  const at = '/admin/issuers/:slug';
  return [
    get('/admin/issuers/new', 'issuers:write', showNewIssuer(deps)),
    freshPost('/admin/issuers/new', 'issuers:write', submitNewIssuer(deps)),
    get(at, 'issuers:read', showIssuer(deps)),
    get(`${at}/edit`, 'issuers:read', showEditIssuer(deps)),
    freshPost(`${at}/edit`, 'issuers:write', submitEditIssuer(deps)),
    freshPost(`${at}/remove`, 'issuers:write', submitRemoveIssuer(deps)),
    get(`${at}/rules`, 'issuers:read', showRules(deps)),
    freshPost(`${at}/rules`, 'issuers:write', submitRules(deps)),
    post(`${at}/rules/preview`, 'issuers:write', previewRules(deps)),
    get(`${at}/mapping`, 'issuers:read', showMapping(deps)),
    freshPost(`${at}/mapping`, 'issuers:write', submitMapping(deps)),
    post(`${at}/mapping/preview`, 'issuers:write', previewMapping(deps)),
    get(`${at}/rooms`, 'issuers:read', showRooms(deps)),
    freshPost(`${at}/rooms`, 'issuers:write', submitRooms(deps)),
    get(`${at}/rooms/policy`, 'issuers:read', showPolicy(deps)),
    freshPost(`${at}/rooms/policy`, 'issuers:write', submitPolicy(deps)),
    post(`${at}/rooms/policy/preview`, 'issuers:write', previewPolicy(deps)),
    get(`${at}/keys`, 'issuers:read', showKeys(deps)),
    freshPost(`${at}/keys/rotate`, 'keys:write', submitRotation(deps)),
    freshPost(`${at}/keys/retire`, 'keys:write', submitRetirement(deps)),
    freshPost(`${at}/keys/generate`, 'keys:write', submitGeneration(deps)),
    freshPost(`${at}/keys/import`, 'keys:write', submitImport(deps)),
    freshPost(`${at}/keys/schedule`, 'keys:write', submitSchedule(deps)),
    get(`${at}/check`, 'issuers:read', showCheck(deps)),
    post(`${at}/check`, 'issuers:read', submitCheck(deps)),
  ];
}
