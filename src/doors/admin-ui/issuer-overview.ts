import type { Middleware } from 'koa';
import { factsOf } from '../../domain/integration/facts.ts';
import { usualChoice } from '../../domain/integration/guide.ts';
import { isHs } from '../../domain/issuer.ts';
import { standingWarnings } from '../../domain/issuer-warning.ts';
import { findIssuer, headOf, type IssuerPageDeps, machineOf } from './issuer-page.ts';

/** `GET /admin/issuers/{slug}`: what it is, and what is worth a word. */
export function showIssuer(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const issuer = await findIssuer(ctx, deps);
    const { serverUrl, iss, appId, sub, algorithm, tokenTtlSeconds } = issuer;
    const standing = await deps.stores.issuers.findStanding(issuer.id);
    const { addresses } = factsOf(issuer, deps.publicUrl(), usualChoice(issuer));
    deps.pages.show(ctx, 'issuer-overview', {
      issuer: headOf(ctx, issuer),
      facts: {
        serverUrl,
        iss,
        appId,
        sub,
        algorithm,
        tokenTtlSeconds,
        useRule: issuer.useRule,
        moderatorRule: issuer.moderatorRule,
        policies: issuer.rooms.length,
        secretChangedAt: isHs(algorithm) ? standing?.secretChangedAt : undefined,
        loginAddress: addresses.login,
      },
      now: deps.clock.now(),
      warnings: standingWarnings(issuer),
      isSecretWeak: issuer.weakSecret,
      machine: machineOf(issuer, deps.publicUrl()),
    });
  };
}
