/**
 * What the pages of one issuer share: the issuer itself, what it is called, and refusals that are
 * shown in the form they belong to.
 *
 * @module
 */
import type { Context } from 'koa';
import { fromIssuer } from '../../domain/config-file/issuer-entry.ts';
import { DomainError, type InputIssue, isDomainError } from '../../domain/errors.ts';
import type { Issuer } from '../../domain/issuer.ts';
import { representIssuer } from '../../domain/issuer-view.ts';
import { asCurl } from '../../http/as-curl.ts';
import { writeConfig } from '../../http/config-text.ts';
import { etagOf } from '../../http/etag.ts';
import type { Forms } from '../../http/form.ts';
import type { IssuerSubject } from '../../http/page-contexts/issuers.ts';
import type { Pages } from '../../http/pages.ts';
import { may } from '../../http/session.ts';
import type { SaveIssuerDeps } from '../../operations/save-issuer.ts';
import { param } from './route.ts';

export interface IssuerPageDeps extends SaveIssuerDeps {
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

/** The issuer of the address. @throws {DomainError} `issuer_not_found`. */
export async function findIssuer(
  ctx: Context,
  { stores }: Pick<IssuerPageDeps, 'stores'>,
): Promise<Issuer> {
  const slug = param(ctx, 'slug');
  const issuer = await stores.issuers.findBySlug(slug);
  if (!issuer) throw new DomainError('issuer_not_found', { slug });
  return issuer;
}

export function headOf(ctx: Context, { slug, name }: Issuer): IssuerSubject {
  return { slug, name, mayWrite: may(ctx, 'issuers:write') };
}

export function tagOf(issuer: Issuer): string {
  return etagOf(representIssuer(issuer));
}

/** Runs a change; what is wrong with its input comes back, all else goes on up. */
export async function attempt<Result>(
  change: Promise<Result>,
): Promise<{ ok: true; result: Result } | { ok: false; issues: readonly InputIssue[] }> {
  try {
    return { ok: true, result: await change };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (error.code === 'input_invalid') return { ok: false, issues: error.details.issues };
    // Here that is a field somebody filled in.
    if (error.code === 'slug_taken')
      return { ok: false, issues: [{ path: 'slug', message: 'is taken' }] };
    if (error.code === 'client_id_taken')
      return { ok: false, issues: [{ path: 'clientId', message: 'is taken' }] };
    throw error;
  }
}

/** The same by machine. @param body What a PATCH would send; without one all of it is shown. */
export function machineOf(issuer: Issuer, publicUrl: URL, body?: object) {
  const path = `/api/v1/issuers/${issuer.slug}`;
  return {
    curl: asCurl(publicUrl, body ? { method: 'PATCH', path, body } : { method: 'GET', path }),
    yaml: writeConfig({ issuers: [fromIssuer(issuer)] }),
  };
}
