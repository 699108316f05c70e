import type { Middleware } from 'koa';
import { z } from 'zod';
import { authorOf } from '../../../http/actor.ts';
import { parse } from '../../../http/parse.ts';
import { passwordLink } from '../../../operations/people/link-mail.ts';
import { inviteUser } from '../../../operations/people/password-links.ts';
import { param } from '../route.ts';
import type { PeopleDeps } from './deps.ts';
import { findUser } from './find-user.ts';

const body = z.strictObject({ mail: z.literal('yes').optional() });

/** `POST /admin/users/{id}/invite`: a link for a new password, shown once, sent by mail if asked. */
export function submitInvitation(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id } = await findUser(deps, param(ctx, 'id'));
    const { mail } = parse(body, await deps.forms.read(ctx), 'body');
    const { user, token, expiresAt } = await inviteUser(deps, { who: { id }, ...authorOf(ctx) });
    const link = passwordLink(deps.publicUrl(), token);
    const isMailed = mail === 'yes' && deps.sendLink !== undefined && user.email !== undefined;
    const isSent = isMailed && (await deps.sendLink({ user, link, expiresAt }));
    deps.pages.show(ctx, 'admin-user-link', {
      id,
      name: user.username,
      link,
      expiresAt,
      mail: { state: isMailed ? (isSent ? 'sent' : 'failed') : 'none', to: user.email },
    });
  };
}
