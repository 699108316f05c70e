import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { ownPicture } from '../../domain/upstreams/picture.ts';
import { clientIp } from '../../http/client-ip.ts';
import type { Forms } from '../../http/form.ts';
import { isLanguage } from '../../http/messages.ts';
import type { PageContexts } from '../../http/page-contexts.ts';
import type { FieldFault } from '../../http/page-contexts/form-state.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { requireSignedIn } from '../../http/session.ts';
import { type UpdateProfileDeps, updateProfile } from '../../operations/update-profile.ts';
import { ownershipsOf, showOwnership } from '../../operations/upstreams/ownership.ts';
import type { Stores } from '../../stores/index.ts';

export interface AccountDeps extends UpdateProfileDeps {
  readonly stores: UpdateProfileDeps['stores'] &
    Pick<Stores, 'groups' | 'identities' | 'upstreams'>;
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

type ProfileForm = PageContexts['account']['form'];

const body = z.object({
  displayName: z.string().max(1000),
  language: z.string().max(35).default(''),
  avatarUrl: z.string().max(2000).default(''),
});

/** What is wrong with a field, by its name in `input_invalid`. */
const FAULTS: Readonly<Record<string, FieldFault>> = {
  displayName: 'missing',
  avatarUrl: 'url_invalid',
  language: 'wrong',
};

/** `GET /account`: the own name, language and picture; what rules read is shown, not changed. */
export function showAccount(deps: AccountDeps): Middleware {
  return async (ctx) => {
    const { displayName, language, avatarUrl } = requireSignedIn(ctx).user;
    const values = { displayName, language: language ?? '', avatarUrl: avatarUrl ?? '' };
    const outcome = ctx.query.saved === undefined ? 'none' : 'saved';
    await show(ctx, deps, { form: { values, faults: {} }, outcome });
  };
}

/** `POST /account` */
export function submitAccount(deps: AccountDeps): Middleware {
  return async (ctx) => {
    const { user } = requireSignedIn(ctx);
    const values = parse(body, await deps.forms.read(ctx), 'body');
    const isSame = values.avatarUrl === user.avatarUrl;
    try {
      checkLanguage(values.language);
      await updateProfile(deps, {
        userId: user.id,
        profile: {
          displayName: values.displayName,
          language: values.language || null,
          // One of ours stays as it is, on plain http, too.
          ...(isSame ? {} : { avatarUrl: values.avatarUrl.trim() || null }),
        },
        actor: {
          actorId: user.id,
          actorName: user.username,
          ip: clientIp(ctx),
          requestId: requestReference(ctx),
        },
      });
      seeOther(ctx, '/account?saved');
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'input_invalid') throw error;
      ctx.status = 400;
      const faults = Object.fromEntries(
        error.details.issues.map(({ path }) => [path, FAULTS[path] ?? 'wrong']),
      );
      await show(ctx, deps, { form: { values, faults }, outcome: 'none' });
    }
  };
}

/** The domain knows what a language looks like; which ones we speak is known here. */
function checkLanguage(language: string): void {
  if (language === '' || isLanguage(language)) return;
  const issues = [{ path: 'language', message: 'must be one of our languages' }];
  throw new DomainError('input_invalid', { issues });
}

async function show(
  ctx: Context,
  { pages, stores, publicUrl }: AccountDeps,
  shown: { form: ProfileForm; outcome: 'none' | 'saved' },
): Promise<void> {
  const { user } = requireSignedIn(ctx);
  const { username, email, groups, avatarUrl } = user;
  const picture = ownPicture(publicUrl(), avatarUrl);
  const owned = showOwnership(await ownershipsOf(stores, user), user);
  pages.show(ctx, 'account', { ...shown, fixed: { username, email, groups }, picture, owned });
}
