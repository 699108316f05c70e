/**
 * "Test this directory" for machines.
 *
 * @module
 */
import { z } from 'zod';
import { DomainError } from '../../domain/errors.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { firstWrong, TRIAL_STEPS, type UpstreamTrial } from '../../domain/upstreams/trial.ts';
import type { IssuerCatalog, LiveUpstream } from '../../operations/issuer-catalog.ts';
import { tryCounted, type TryCountedDeps } from '../../operations/upstreams/try-counted.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export interface UpstreamTestApiDeps extends TryCountedDeps {
  readonly catalog: Pick<IssuerCatalog, 'current' | 'refresh'>;
}

const PATH = '/api/v1/upstreams/:upstream/tests';
const slug = z.string().max(40);

const question = z.strictObject({
  issuer: z.string().max(40).default(MAIN_SLUG),
  room: z
    .string()
    .max(1000)
    .default('')
    .meta({ description: 'As people write it; empty: no decision is asked for.' }),
  login: z
    .string()
    .max(400)
    .default('')
    .meta({ description: 'Of an LDAP directory; empty: only the connection is tried.' }),
  password: z
    .string()
    .max(10_000)
    .default('')
    .meta({ description: 'Sent to the directory and kept nowhere; empty: it is not tried.' }),
});

const answer = z.object({
  id: z.uuid().nullable().meta({ description: 'Of one that waits; `null` when it is done.' }),
  signInUrl: z
    .url()
    .nullable()
    .meta({ description: 'Whoever opens it signs in at the provider for the test; once.' }),
  waits: z.boolean().meta({ description: 'For somebody to sign in there.' }),
  steps: z.array(
    z.object({
      step: z.enum(TRIAL_STEPS),
      sent: z.string(),
      received: z.string(),
      fault: z.string().nullable(),
    }),
  ),
  wrong: z
    .looseObject({ kind: z.enum(['step', 'person', 'decision']) })
    .nullable()
    .meta({ description: 'The first that is: a step by its place, or why there is no sign-in.' }),
  judgement: z
    .looseObject({ subject: z.string() })
    .nullable()
    .meta({ description: 'The claims, what the mapping makes of them, and the decision.' }),
});

export function upstreamTestApi(deps: UpstreamTestApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: PATH,
      permission: 'upstreams:write',
      summary:
        'Test a directory step by step; secrets are masked, and nothing is written of a person',
      params: z.object({ upstream: slug }),
      body: question,
      answers: { 200: answer },
      errors: ['upstream_not_found', 'room_invalid', 'login_limited'],
      async handle({ params, body: { login, password, ...asked }, actor: { ip, requestId } }) {
        const live = await find(deps, params.upstream);
        const person = { login, password };
        const tried = await tryCounted(deps, {
          ...asked,
          live,
          person,
          userId: undefined,
          ip,
          requestId,
        });
        const { id, token } = tried;
        const signInUrl =
          token === undefined
            ? null
            : `${deps.publicUrl().origin}/upstream/${live.upstream.slug}/login?test=${token}`;
        return { status: 200, body: { id: id ?? null, signInUrl, ...present(tried) } };
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${PATH}/:test`,
      permission: 'upstreams:write',
      summary: 'What came of a test that waited for somebody to sign in there; kept for an hour',
      params: z.object({ upstream: slug, test: z.string().max(40) }),
      answers: { 200: answer },
      errors: ['page_not_found', 'upstream_not_found'],
      async handle({ params: { upstream, test } }) {
        const live = await find(deps, upstream);
        const { success: isId } = z.uuid().safeParse(test);
        const trial = isId
          ? await deps.stores.upstreamTrials.find(test, deps.clock.now())
          : undefined;
        if (trial?.upstreamId !== live.upstream.id)
          throw new DomainError('page_not_found', undefined);
        return { status: 200, body: { id: trial.id, signInUrl: null, ...present(trial) } };
      },
    }),
  ];
}

function present({ steps, outcome }: Pick<UpstreamTrial, 'steps' | 'outcome'>) {
  return {
    waits: outcome === undefined,
    steps: steps.map((step) => ({ ...step, fault: step.fault ?? null })),
    wrong: firstWrong({ steps, outcome }) ?? null,
    judgement: outcome?.judgement ?? null,
  };
}

/** As it is now: it may have been saved a moment ago. */
async function find({ catalog }: UpstreamTestApiDeps, name: string): Promise<LiveUpstream> {
  const live = (await catalog.refresh()).upstreams.get(name);
  if (!live) throw new DomainError('upstream_not_found', { slug: name });
  return live;
}
