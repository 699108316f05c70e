import type { Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import type { Stores } from '../../stores/index.ts';

export interface AvatarDeps {
  readonly stores: Pick<Stores, 'avatars'>;
}

const ADDRESS = /^[\w-]{43}$/;

/**
 * `GET /avatars/{43 characters}`: a picture, for whoever was told its address. Jitsi's pages show it
 * from another origin; another picture has another address.
 */
export function showAvatar({ stores }: AvatarDeps): Middleware {
  return async (ctx) => {
    const { address = '' } = ctx.params as { address?: string };
    const found = ADDRESS.test(address) ? await stores.avatars.findPicture(address) : undefined;
    if (!found) throw new DomainError('page_not_found', undefined);
    ctx.set({
      'Access-Control-Allow-Origin': '*',
      // A day: who was removed is not shown for long.
      'Cache-Control': 'public, max-age=86400, immutable',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    ctx.type = found.type;
    ctx.body = found.bytes;
  };
}
