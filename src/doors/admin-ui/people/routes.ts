/**
 * People, groups and the bin.
 *
 *     GET  /admin/users; POST /admin/users/bulk
 *     GET, POST /admin/users/new, …/{id}/edit
 *     GET  /admin/users/{id}; POST …/{disable,enable,remove,role,invite,sign-out,unlink}
 *     GET  /admin/groups; POST /admin/groups/new
 *     GET  /admin/groups/{id}; POST …/{rename,remove}
 *     GET  /admin/users/export.csv; GET, POST /admin/imports; GET …/{id}; POST …/{start,links,mails,remove}
 *     GET  /admin/bin; POST /admin/bin/empty, /admin/bin/{id}/{restore,remove}
 *
 * @module
 */
import type { CreateUserDeps } from '../../../operations/create-user.ts';
import { type AdminRoute, freshPost, get, post } from '../route.ts';
import { showBin, submitEmpty, submitRemoveItem, submitRestore } from './bin.ts';
import type { PeopleDeps } from './deps.ts';
import {
  showGroup,
  showGroups,
  submitNewGroup,
  submitRemoveGroup,
  submitRename,
} from './groups.ts';
import {
  sendUsers,
  showImport,
  showImports,
  submitImport,
  submitLinks,
  submitMails,
  submitRemoveImport,
  submitStart,
} from './imports.ts';
import { submitInvitation } from './invitation.ts';
import {
  showUser,
  submitDisable,
  submitEnable,
  submitRemove,
  submitRole,
  submitSignOut,
  submitUnlink,
} from './user.ts';
import { showNewUser, showUserForm, submitNewUser, submitUserForm } from './user-form.ts';
import { showUsers, submitBulk } from './users.ts';

export type PeoplePagesDeps = PeopleDeps & CreateUserDeps;

export function peopleRoutes(deps: PeoplePagesDeps): readonly AdminRoute[] {
  return [
    get('/admin/users', 'users:read', showUsers(deps)),
    post('/admin/users/bulk', 'users:write', submitBulk(deps)),
    get('/admin/users/new', 'users:write', showNewUser(deps)),
    post('/admin/users/new', 'users:write', submitNewUser(deps)),
    get('/admin/users/export.csv', 'users:read', sendUsers(deps)),
    get('/admin/users/:id', 'users:read', showUser(deps)),
    get('/admin/users/:id/edit', 'users:write', showUserForm(deps)),
    post('/admin/users/:id/edit', 'users:write', submitUserForm(deps)),
    post('/admin/users/:id/disable', 'users:write', submitDisable(deps)),
    post('/admin/users/:id/enable', 'users:write', submitEnable(deps)),
    post('/admin/users/:id/remove', 'users:write', submitRemove(deps)),
    post('/admin/users/:id/sign-out', 'users:write', submitSignOut(deps)),
    freshPost('/admin/users/:id/role', 'roles:write', submitRole(deps)),
    freshPost('/admin/users/:id/unlink', 'users:write', submitUnlink(deps)),
    freshPost('/admin/users/:id/invite', 'users:write', submitInvitation(deps)),
    get('/admin/groups', 'users:read', showGroups(deps)),
    post('/admin/groups/new', 'users:write', submitNewGroup(deps)),
    get('/admin/groups/:id', 'users:read', showGroup(deps)),
    post('/admin/groups/:id/rename', 'users:write', submitRename(deps)),
    post('/admin/groups/:id/remove', 'users:write', submitRemoveGroup(deps)),
    get('/admin/imports', 'users:write', showImports(deps)),
    post('/admin/imports', 'users:write', submitImport(deps)),
    get('/admin/imports/:id', 'users:write', showImport(deps)),
    // It can give roles and passwords.
    freshPost('/admin/imports/:id/start', 'users:write', submitStart(deps)),
    freshPost('/admin/imports/:id/links', 'users:write', submitLinks(deps)),
    freshPost('/admin/imports/:id/mails', 'users:write', submitMails(deps)),
    post('/admin/imports/:id/remove', 'users:write', submitRemoveImport(deps)),
    get('/admin/bin', 'users:read', showBin(deps)),
    post('/admin/bin/empty', 'users:write', submitEmpty(deps)),
    // Administrators and signing keys come back.
    freshPost('/admin/bin/:id/restore', 'users:write', submitRestore(deps)),
    post('/admin/bin/:id/remove', 'users:write', submitRemoveItem(deps)),
  ];
}
