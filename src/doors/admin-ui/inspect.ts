/**
 * `GET, POST /admin/inspect`: any token, taken apart. It comes in the body, so that no address, log
 * or history holds it.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type AnyDomainError, isDomainError } from '../../domain/errors.ts';
import type { Inspection } from '../../domain/explain/inspection.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import type {
  InspectFault,
  InspectField,
  InspectionShown,
  InspectPages,
} from '../../http/page-contexts/inspect.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { type InspectDeps, inspectToken } from '../../operations/inspect-token.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { type AdminRoute, get, post } from './route.ts';

export interface InspectPageDeps extends InspectDeps {
  readonly catalog: IssuerCatalog;
  readonly forms: Forms;
  readonly pages: Pages;
}

const NOTHING = { token: '', issuer: '', room: '', tenant: '' };
const body = z.strictObject({
  token: z.string().max(60_000).default(''),
  issuer: z.string().max(100).default(''),
  room: z.string().max(1000).default(''),
  tenant: z.string().max(1000).default(''),
});

export function inspectRoutes(deps: InspectPageDeps): readonly AdminRoute[] {
  return [
    get('/admin/inspect', 'explain', (ctx) => show(ctx, deps, { values: NOTHING })),
    post('/admin/inspect', 'explain', inspect(deps)),
  ];
}

function inspect(deps: InspectPageDeps): Middleware {
  return async (ctx) => {
    const values = parse(body, await deps.forms.read(ctx), 'body');
    if (values.token.trim() === '') {
      ctx.status = 400;
      return show(ctx, deps, { values, faults: { token: 'missing' } });
    }
    try {
      const found = await inspectToken(deps, {
        token: values.token,
        issuer: textOf(values.issuer),
        room: textOf(values.room),
        tenant: textOf(values.tenant),
      });
      return show(ctx, deps, { values, inspection: shown(found) });
    } catch (error) {
      const fault = isDomainError(error) ? FAULTS[error.code] : undefined;
      if (!fault || !isDomainError(error)) throw error;
      ctx.status = STATUS[error.code];
      return show(ctx, deps, { values, faults: { [fault[0]]: fault[1] } });
    }
  };
}

const FAULTS: Readonly<
  Partial<Record<AnyDomainError['code'], readonly [InspectField, InspectFault]>>
> = {
  issuer_not_found: ['issuer', 'issuer_not_found'],
  room_invalid: ['room', 'room_invalid'],
  tenant_invalid: ['tenant', 'tenant_invalid'],
};

function shown(inspection: Inspection): InspectionShown {
  const text = (value: unknown) => (value === undefined ? '' : JSON.stringify(value, null, 2));
  return {
    ...inspection,
    headerText: text(inspection.header),
    claimsText: text(inspection.claims),
  };
}

type Page = InspectPages['admin-inspect'];

function show(
  ctx: Context,
  { pages, catalog }: InspectPageDeps,
  page: Partial<Page> & Pick<Page, 'values'>,
): void {
  const issuers = [...catalog.current().bySlug.values()].map(
    ({ issuer: { slug, name } }) => [slug, `${name} (${slug})`] as const,
  );
  pages.show(ctx, 'admin-inspect', { faults: {}, inspection: undefined, ...page, issuers });
}

function textOf(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}
