import type { DirectoryFacts } from '../../domain/upstreams/sync-warning.ts';
import { isListed, type Upstream } from '../../domain/upstreams/upstream.ts';
import type { Stores } from '../../stores/index.ts';

/** Of those directories whose people can be listed, how that went the last time. */
export async function readDirectoryFacts(
  stores: Pick<Stores, 'upstreamSyncs'>,
  upstreams: readonly Upstream[],
): Promise<readonly DirectoryFacts[]> {
  const listed = upstreams.filter(isListed);
  return Promise.all(
    listed.map(async (upstream) => {
      return { upstream, last: await stores.upstreamSyncs.lastEnded(upstream.id) };
    }),
  );
}
