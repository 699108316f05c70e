import { DomainError } from '../../domain/errors.ts';
import type { Upstream } from '../../domain/upstreams/upstream.ts';
import type { StoresInTransaction } from '../../stores/index.ts';

/** @throws {DomainError} `upstream_not_found`. */
export async function findUpstream(
  { stores }: { readonly stores: Pick<StoresInTransaction, 'upstreams'> },
  slug: string,
): Promise<Upstream> {
  const upstream = await stores.upstreams.findBySlug(slug);
  if (!upstream) throw new DomainError('upstream_not_found', { slug });
  return upstream;
}
