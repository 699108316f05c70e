import type { Middleware } from 'koa';
import { z } from 'zod';
import { authorOf } from '../../../http/actor.ts';
import { parse } from '../../../http/parse.ts';
import { inviteUser } from '../../../operations/people/password-links.ts';
import { param } from '../route.ts';
import type { PeopleDeps } from './deps.ts';
import { findUser } from './find-user.ts';

/** `POST /admin/users/{id}/invite`: a link for a new password, shown once. */
export function submitInvitation(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id } = await findUser(deps, param(ctx, 'id'));
    parse(z.strictObject({}), await deps.forms.read(ctx), 'body');
    const { user, token, expiresAt } = await inviteUser(deps, { who: { id }, ...authorOf(ctx) });
    const link = new URL(`/password/${token}`, deps.publicUrl()).href;
    deps.pages.show(ctx, 'admin-user-link', {
      id,
      name: user.username,
      link,
      expiresAt,
      mail: { state: 'none', to: user.email },
    });
  };
}
