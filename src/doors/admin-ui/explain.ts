/**
 * `GET /admin/explain`: a case and its decision, laid open. The address holds the case, so that it
 * can be shared; `?reference=` of a refusal fills it in.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import type { PastCase } from '../../domain/explain/past-case.ts';
import { type AnyDomainError, type InputIssue, isDomainError } from '../../domain/errors.ts';
import { actorOf } from '../../http/actor.ts';
import { asCurl } from '../../http/as-curl.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import type { CaseFault, CaseField, ExplainPages } from '../../http/page-contexts/explain.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { ruleFaults } from '../../http/rule-fault.ts';
import { may } from '../../http/session.ts';
import { type ExplainDeps, type ExplainInput, explain } from '../../operations/explain.ts';
import { explainSigned, type ExplainSignedDeps } from '../../operations/explain-signed.ts';
import { type FindCaseDeps, findCase } from '../../operations/find-case.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import {
  bodyOf,
  type CaseValues,
  caseQuery,
  isEmptyCase,
  readCase,
  valuesOf,
} from './explain-case.ts';
import { type AdminRoute, freshPost, get } from './route.ts';

export interface ExplainPageDeps extends ExplainDeps, ExplainSignedDeps, FindCaseDeps {
  readonly stores: ExplainSignedDeps['stores'];
  readonly random: ExplainSignedDeps['random'];
  readonly catalog: IssuerCatalog;
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

export function explainRoutes(deps: ExplainPageDeps): readonly AdminRoute[] {
  return [
    get('/admin/explain', 'explain', showExplain(deps)),
    freshPost('/admin/explain/token', 'tokens:mint', signExplained(deps)),
  ];
}

type Page = ExplainPages['admin-explain'];
type Shown = Partial<Omit<Page, 'issuers' | 'maySign' | 'values'>> & {
  readonly values: CaseValues;
};

function showExplain(deps: ExplainPageDeps): Middleware {
  return async (ctx) => {
    const asked = readQuery(ctx, caseQuery);
    const past = await findPast(deps, asked.reference);
    if (past === 'none') {
      ctx.status = STATUS.reference_not_found;
      return show(ctx, deps, { values: asked, faults: { reference: 'reference_not_found' } });
    }
    const isOnlyReference = isEmptyCase({ ...asked, reference: '' });
    const values = past && isOnlyReference ? valuesOf(past) : asked;
    // A link from elsewhere names the person alone; the form names everything.
    const isBegun = !past && ctx.query['room'] === undefined;
    if (isBegun || isEmptyCase(values)) return show(ctx, deps, { values });

    return attempt(ctx, deps, { values, past }, async (input) => ({
      explanation: await explain(deps, input),
      machine: { curl: curlOf(deps, input), yaml: undefined },
    }));
  };
}

/** Rules that are tried stand nowhere yet: the call has none. */
function curlOf({ publicUrl }: ExplainPageDeps, input: ExplainInput): string {
  return asCurl(publicUrl(), { method: 'POST', path: '/api/v1/explain', body: bodyOf(input) });
}

/** The token that is explained, signed; for people there are, and by the rules of now. */
function signExplained(deps: ExplainPageDeps): Middleware {
  return async (ctx) => {
    const asked = parse(caseQuery, await deps.forms.read(ctx), 'body');
    const values = { ...asked, madeUp: '', at: '', useRule: '', moderatorRule: '' };
    return attempt(
      ctx,
      deps,
      { values, past: undefined },
      async ({ subject, tried: _tried, ...input }) => {
        const username = subject.kind === 'known' ? subject.name : '';
        return explainSigned(deps, { ...input, username, actor: actorOf(ctx) });
      },
    );
  };
}

async function attempt(
  ctx: Context,
  deps: ExplainPageDeps,
  { values, past }: { values: CaseValues; past: PastCase | undefined },
  work: (input: ExplainInput) => Promise<Pick<Shown, 'explanation' | 'token' | 'machine'>>,
): Promise<void> {
  const reading = readCase(values);
  if (!reading.ok) {
    ctx.status = 400;
    return show(ctx, deps, { values, past, faults: reading.faults });
  }
  try {
    return show(ctx, deps, { values, past, ...(await work(reading.input)) });
  } catch (error) {
    if (isDomainError(error) && error.code === 'input_invalid') {
      ctx.status = STATUS.input_invalid;
      return show(ctx, deps, { values, past, ruleFaults: faultsIn(error.details.issues, values) });
    }
    const fault = isDomainError(error) ? faultOf(error) : undefined;
    if (!fault || !isDomainError(error)) throw error;
    ctx.status = STATUS[error.code];
    return show(ctx, deps, { values, past, faults: fault });
  }
}

const FAULTS: Readonly<Partial<Record<AnyDomainError['code'], readonly [CaseField, CaseFault]>>> = {
  issuer_not_found: ['issuer', 'issuer_not_found'],
  user_not_found: ['user', 'user_not_found'],
  client_not_found: ['client', 'client_not_found'],
  room_missing: ['room', 'missing'],
  room_invalid: ['room', 'room_invalid'],
  tenant_invalid: ['tenant', 'tenant_invalid'],
};

function faultOf({ code }: AnyDomainError): Page['faults'] | undefined {
  const fault = FAULTS[code];
  return fault && { [fault[0]]: fault[1] };
}

/** `rooms[2].useRule` is the rule that was tried there. */
function faultsIn(issues: readonly InputIssue[], values: CaseValues): Page['ruleFaults'] {
  const named = issues.map((issue) => ({
    ...issue,
    path: issue.path.replace(/^rooms\[\d+\]\./, ''),
  }));
  const { useRule, moderatorRule } = ruleFaults(named, (path) =>
    path === 'useRule' || path === 'moderatorRule'
      ? values[path].replaceAll('\r\n', '\n')
      : undefined,
  );
  return { ...(useRule && { useRule }), ...(moderatorRule && { moderatorRule }) };
}

async function findPast(
  deps: ExplainPageDeps,
  reference: string,
): Promise<PastCase | undefined | 'none'> {
  if (reference.trim() === '') return undefined;
  try {
    return await findCase(deps, reference.trim().toUpperCase());
  } catch (error) {
    if (isDomainError(error) && error.code === 'reference_not_found') return 'none';
    throw error;
  }
}

function show(ctx: Context, { pages, catalog }: ExplainPageDeps, shown: Shown): void {
  const issuers = [...catalog.current().bySlug.values()].map(
    ({ issuer: { slug, name } }) => [slug, `${name} (${slug})`] as const,
  );
  pages.show(ctx, 'admin-explain', {
    faults: {},
    ruleFaults: {},
    past: undefined,
    explanation: undefined,
    token: undefined,
    machine: undefined,
    ...shown,
    issuers,
    maySign: may(ctx, 'tokens:mint'),
  });
}
