import type { Middleware } from 'koa';
import { z } from 'zod';
import type { ClientScope } from '../../domain/client.ts';
import type { Clock } from '../../domain/clock.ts';
import { actorOf } from '../../http/actor.ts';
import type { Forms } from '../../http/form.ts';
import type { GivenConsent } from '../../http/page-contexts/openid.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { seeOther } from '../../http/see-other.ts';
import { requireSignedIn } from '../../http/session.ts';
import { type ConsentDeps, withdrawConsent } from '../../operations/consents.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import type { Stores } from '../../stores/index.ts';

export interface ApplicationsPageDeps extends ConsentDeps {
  readonly stores: ConsentDeps['stores'] & Pick<Stores, 'oidcConsents'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly clock: Clock;
  readonly forms: Forms;
  readonly pages: Pages;
}

/** `GET /account/applications`: what the person let applications know. */
export function showApplications(deps: ApplicationsPageDeps): Middleware {
  return async (ctx) => {
    const { user } = requireSignedIn(ctx);
    const live = [...deps.catalog.current().bySlug.values()];
    const given = await deps.stores.oidcConsents.listOfUser(user.id);
    const consents = given.flatMap(({ issuerId, clientId, scopes, givenAt }): GivenConsent[] => {
      const issuer = live.find((one) => one.issuer.id === issuerId)?.issuer;
      const client = issuer?.clients.find((one) => one.clientId === clientId);
      if (!issuer || !client) return [];
      const named = { clientId, clientName: client.name, issuerSlug: issuer.slug };
      return [{ ...named, scopes: scopes as readonly ClientScope[], givenAt }];
    });
    deps.pages.show(ctx, 'account-applications', { now: deps.clock.now(), consents });
  };
}

const body = z.object({ issuer: z.string().max(40), clientId: z.string().max(100) });

/** `POST /account/applications/withdraw`: holds at the application's next request. */
export function submitWithdrawal(deps: ApplicationsPageDeps): Middleware {
  return async (ctx) => {
    const { user } = requireSignedIn(ctx);
    const { issuer: slug, clientId } = parse(body, await deps.forms.read(ctx), 'body');
    const live = deps.catalog.current().bySlug.get(slug);
    if (live)
      await withdrawConsent(deps, {
        place: { userId: user.id, issuerId: live.issuer.id, clientId },
        actor: actorOf(ctx),
      });
    seeOther(ctx, '/account/applications');
  };
}
