/**
 * Pictures that an upstream gives of people, kept by us: whoever meets them asks us for it, and neither
 * the upstream nor Gravatar learns of the meeting.
 *
 * Looked for before the sign-in's transaction, because the network is slow; written down in it. A
 * picture that cannot be had never stops a sign-in: the one there was stays.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { sha256Hex } from '../../crypto/digest.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import type { FetchPicture, PictureReach } from '../../domain/fetched.ts';
import type { CompiledUpstream } from '../../domain/upstreams/compile-upstream.ts';
import { mapAssertion } from '../../domain/upstreams/map-assertion.ts';
import { keepsPictures } from '../../domain/upstreams/owned-fields.ts';
import { type Picture, pictureUrl, readPicture } from '../../domain/upstreams/picture.ts';
import type { Assertion, Upstream } from '../../domain/upstreams/upstream.ts';
import type { Avatar } from '../../stores/avatars.ts';
import type { StoresInTransaction } from '../../stores/index.ts';

export interface KeepPictureDeps {
  readonly stores: Pick<StoresInTransaction, 'avatars'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'token'>;
  readonly publicUrl: () => URL;
  /** Without it only what the directory itself holds is looked at: the network is slow. */
  readonly fetchPicture?: FetchPicture | undefined;
}

export interface FoundPicture {
  /** Where it is shown; `undefined`: there is none. */
  readonly url: string | undefined;
  /** In the transaction in which the identity is known. */
  write(tx: Pick<StoresInTransaction, 'avatars'>): Promise<void>;
}

/** Looked at again after so long, when it comes from the same address. */
const SAME_SECONDS = 24 * 3600;

/** `undefined`: whatever there is stays. */
export async function findPicture(
  deps: KeepPictureDeps,
  compiled: CompiledUpstream,
  assertion: Assertion,
): Promise<FoundPicture | undefined> {
  const { upstream } = compiled;
  if (!keepsPictures(upstream)) return undefined;
  const mapped = mapAssertion(compiled, assertion, { sha256: sha256Hex });
  if (!mapped.ok) return undefined;
  const { avatarUrl: source } = mapped.draft;
  const before = await deps.stores.avatars.find(upstream.id, assertion.subject);
  if (source !== undefined && upstream.avatars === 'link') return notKept(source, before);
  if (source === undefined && !assertion.picture) return notKept(undefined, before);

  const now = deps.clock.now();
  const isRecent = before && now.getTime() - before.fetchedAt.getTime() < SAME_SECONDS * 1000;
  if (source !== undefined && before?.source === source && isRecent) return kept(deps, before);
  if (source !== undefined && !deps.fetchPicture) return undefined;

  const bytes =
    source === undefined
      ? assertion.picture
      : await deps.fetchPicture?.(new URL(source), reachOf(upstream, source));
  const picture = readPicture(bytes);
  if (!picture) return before ? kept(deps, before) : notKept(undefined, before);
  return written(deps, picture, {
    before,
    place: { upstreamId: upstream.id, subject: assertion.subject, source, fetchedAt: now },
  });
}

function notKept(url: string | undefined, before: Avatar | undefined): FoundPicture {
  return { url, write: async (tx) => before && tx.avatars.remove(before) };
}

function kept({ publicUrl }: KeepPictureDeps, { address }: Avatar): FoundPicture {
  return { url: pictureUrl(publicUrl(), address), write: async () => undefined };
}

interface Written {
  readonly before: Avatar | undefined;
  readonly place: Pick<Avatar, 'upstreamId' | 'subject' | 'source' | 'fetchedAt'>;
}

function written(
  { publicUrl, random }: KeepPictureDeps,
  { bytes, type }: Picture,
  { before, place }: Written,
): FoundPicture {
  const digest = createHash('sha256').update(bytes).digest();
  if (before?.digest.equals(digest)) {
    const isAsked = place.source !== undefined || before.source !== undefined;
    const write: FoundPicture['write'] = async (tx) =>
      isAsked ? tx.avatars.touch(place, place.fetchedAt) : undefined;
    return { url: pictureUrl(publicUrl(), before.address), write };
  }
  const avatar = { ...place, address: random.token(), digest, type };
  return {
    url: pictureUrl(publicUrl(), avatar.address),
    write: (tx) => tx.avatars.keep(avatar, bytes),
  };
}

/** People choose their picture's address: inside our own network only where the upstream itself is. */
function reachOf(upstream: Upstream, source: string): PictureReach {
  if (upstream.type !== 'oidc') return 'public';
  const { issuerUrl, endpoints } = upstream;
  const own = [issuerUrl, ...Object.values(endpoints ?? {})].filter((one) => one !== undefined);
  const { host } = new URL(source);
  return own.some((address) => URL.parse(address)?.host === host) ? 'network' : 'public';
}
