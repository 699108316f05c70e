import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { PasswordHasher } from '../../crypto/password.ts';
import type { MakeRsaKey } from '../../crypto/rsa-key.ts';
import { isDomainError } from '../../domain/errors.ts';
import type { Issuer } from '../../domain/issuer.ts';
import { PASSWORD_MIN_LENGTH } from '../../domain/password-policy.ts';
import type { SessionLifetimes } from '../../domain/session.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import type { Forms } from '../../http/form.ts';
import { guideFor } from '../../http/integration-page.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { checkSetupToken, completeSetup, type SetupDeps } from '../../operations/setup.ts';
import { startSession } from '../../operations/start-session.ts';
import { readSetup, type SetupFields, type SetupForm, setupFields } from './setup-input.ts';
import { keepSession } from './sign-in-cookies.ts';

export interface SetupPageDeps extends SetupDeps {
  readonly catalog: IssuerCatalog;
  readonly forms: Forms;
  readonly lifetimes: SessionLifetimes;
  readonly makeKey: MakeRsaKey;
  readonly pages: Pages;
  readonly passwords: PasswordHasher;
  /** The environment's public URL, when it names one. */
  readonly fixedPublicUrl: URL | undefined;
}

const query = z.object({ token: z.string().max(200).default('') });

/** `GET /setup?token=`: the form. Reading it consumes nothing. */
export function showSetup(deps: SetupPageDeps): Middleware {
  return async (ctx) => {
    const { token } = readQuery(ctx, query);
    await checkSetupToken(deps, token);
    // Where the operator found us is known to their browser alone: public/app.js fills it in.
    const publicUrl = ctx.origin;
    showForm(ctx, deps, { token, form: { values: { publicUrl }, faults: {} } });
  };
}

/** `POST /setup`: answers on any host; its proof is the link's token in the form. */
export function submitSetup(deps: SetupPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(setupFields, await deps.forms.readFromAnyOrigin(ctx), 'body');
    await checkSetupToken(deps, fields.token);

    const read = readSetup(fields, deps.fixedPublicUrl);
    if (!read.ok) return refuse(ctx, deps, { token: fields.token, form: read.form });

    const { password, ...values } = read.values;
    const passwordHash = await deps.passwords.hash(password);
    const audit = { ip: clientIp(ctx), requestId: requestReference(ctx) };
    try {
      const { user, issuer, isDeclared } = await completeSetup(deps, {
        ...values,
        token: fields.token,
        passwordHash,
        publicUrlFixed: deps.fixedPublicUrl !== undefined,
        actor: audit,
      });
      await deps.catalog.refresh();
      const started = await startSession(deps, {
        user,
        methods: ['setup'],
        remember: false,
        previousToken: readCookie(ctx, 'session'),
        userAgent: ctx.get('User-Agent') || undefined,
        ...audit,
      });
      keepSession(ctx, started, user);
      const occasion = isDeclared ? 'declared' : 'setup';
      finish(ctx, deps, { issuer, occasion, publicUrl: values.publicUrl });
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'login_name_taken') throw error;
      refuse(ctx, deps, { token: fields.token, form: taken(fields) });
    }
    return undefined;
  };
}

interface Finished {
  readonly issuer: Issuer;
  readonly occasion: 'setup' | 'declared';
  readonly publicUrl: URL;
}

/**
 * On to the integration page. A browser that came by another origin than the public URL would
 * leave its cookie behind on the way, so there it is shown at once.
 */
function finish(
  ctx: Context,
  { pages }: SetupPageDeps,
  { issuer, occasion, publicUrl }: Finished,
): void {
  if (ctx.get('Origin') === publicUrl.origin)
    return seeOther(ctx, `/admin/issuers/${issuer.slug}/integration?from=${occasion}`);
  return pages.show(ctx, 'integration', { ...guideFor(issuer, publicUrl), occasion });
}

function taken(fields: SetupFields): SetupForm {
  const { name, email, jitsiUrl } = fields;
  return { values: { name, email, jitsiUrl }, faults: { email: 'taken' } };
}

interface Shown {
  readonly token: string;
  readonly form: SetupForm;
}

function refuse(ctx: Context, deps: SetupPageDeps, shown: Shown): void {
  ctx.status = 400;
  showForm(ctx, deps, shown);
}

function showForm(
  ctx: Context,
  { catalog, pages, fixedPublicUrl }: SetupPageDeps,
  shown: Shown,
): void {
  pages.show(ctx, 'setup', {
    ...shown,
    fixedPublicUrl: fixedPublicUrl?.origin,
    declaredServer: catalog.current().bySlug.get(MAIN_SLUG)?.issuer.name,
    minimumLength: PASSWORD_MIN_LENGTH,
  });
}
