/**
 * The files of `public/`, and those that were built, from memory. Their addresses carry a hash of
 * their content, so they may be kept for ever; what is asked for is looked up, never joined to a path.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import type { Context, Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';

const compress = promisify(brotliCompress);
const PREFIX = '/assets/';
const COMPRESSIBLE = new Set(['.css', '.js', '.svg']);
const WORTH_COMPRESSING_BYTES = 1024;

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Made when first asked for. */
  brotli?: Promise<Buffer>;
}

export interface Assets {
  /** The address of a file of `public/`: `url('site.css')`. @throws {Error} for an unknown one. */
  url(name: string): string;
  /** The same for a file that is built, and may not have been. */
  find(name: string): string | undefined;
  /** Serves a generated file too, and gives its address. */
  add(name: string, content: string): string;
  readonly serve: Middleware;
}

/** @param folders Those that are there; of two files of one name the last counts. */
export function loadAssets(...folders: readonly string[]): Assets {
  const urls = new Map<string, string>();
  const assets = new Map<string, Asset>();

  const keep = (name: string, body: Buffer): string => {
    const { dir, name: stem, ext } = path.posix.parse(name);
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
    const url = PREFIX + path.posix.join(dir, `${stem}-${hash}${ext}`);
    if (!assets.has(url)) assets.set(url, { type: ext, body });
    return url;
  };

  for (const folder of folders.filter((one) => existsSync(one)))
    for (const [name, body] of readFiles(folder)) urls.set(name, keep(name, body));

  return {
    url(name) {
      const url = urls.get(name);
      if (url === undefined) throw new Error(`public/ has no file ${name}`);
      return url;
    },
    find: (name) => urls.get(name),
    add: (name, content) => keep(name, Buffer.from(content)),
    async serve(ctx, next) {
      if (!ctx.path.startsWith(PREFIX)) return next();
      const asset = assets.get(ctx.path);
      if (!asset) throw new DomainError('page_not_found', undefined);
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
        throw new DomainError('method_not_allowed', { allow: ['GET', 'HEAD'] });
      return send(ctx, asset);
    },
  };
}

/** A folder `NAME.css` is one file: all that is in it, in the order of their names. */
function readFiles(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of paths.toSorted()) {
    const full = path.relative(folder, file).split(path.sep).join('/');
    const name = /^(.+?\.css)\//.exec(full)?.[1] ?? full;
    files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), readFileSync(file)]));
  }
  return files;
}

async function send(ctx: Context, asset: Asset): Promise<void> {
  ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
  ctx.type = asset.type;
  if (!COMPRESSIBLE.has(asset.type) || asset.body.length < WORTH_COMPRESSING_BYTES) {
    ctx.body = asset.body;
    return;
  }
  ctx.vary('Accept-Encoding');
  if (ctx.acceptsEncodings('br', 'identity') !== 'br') {
    ctx.body = asset.body;
    return;
  }
  asset.brotli ??= compress(asset.body);
  ctx.set('Content-Encoding', 'br');
  ctx.body = await asset.brotli;
}
