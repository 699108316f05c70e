import type { Context } from 'koa';
import { DomainError } from '../domain/errors.ts';

/** @throws {DomainError} `form_too_large`; `input_invalid` when the body breaks off. */
export async function readBody(ctx: Context, limitBytes: number): Promise<Buffer> {
  if ((ctx.request.length ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyOf(ctx)) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** A body that breaks off is the browser's affair, though its error looks like a lost database. */
async function* bodyOf(ctx: Context): AsyncGenerator<unknown, void> {
  try {
    // The socket must outlive a refusal, or nobody would hear it.
    yield* ctx.req.iterator({ destroyOnReturn: false });
  } catch (cause) {
    const issues = [{ path: 'body', message: 'broke off' }];
    throw new DomainError('input_invalid', { issues }, { cause });
  }
}

function tooLarge(limitBytes: number): DomainError<'form_too_large'> {
  return new DomainError('form_too_large', { limitBytes });
}
