/**
 * The only way to read a form. It checks where the form came from, so no page can forget to.
 *
 * @module
 */
import type { Context } from 'koa';
import { DomainError } from '../domain/errors.ts';
import type { Csrf } from './csrf.ts';
import { uniqueFields } from './query.ts';

const LIMIT_BYTES = 64 * 1024;

export interface Forms {
  /**
   * Reads a submitted form. Its fields are still untrusted: hand them to `parse`.
   *
   * @throws {DomainError} `csrf_mismatch`, `origin_mismatch`, `form_too_large`,
   *   `form_type_unsupported`, or `input_invalid` for a field given twice.
   */
  read(ctx: Context): Promise<Record<string, string>>;
  /**
   * The password a form confirms a change with. The frame of the admin door looks at it; it is no
   * field of the form that is read.
   */
  readConfirmation(ctx: Context): Promise<string | undefined>;
  /** The same for `/setup`, which answers on any host: its proof is the link's token. */
  readFromAnyOrigin(ctx: Context): Promise<Record<string, string>>;
}

const CONFIRMATION = 'confirmPassword';

export function createForms(csrf: Csrf): Forms {
  const submitted = new WeakMap<Context, Promise<Record<string, string>>>();

  /** Once for a request: a body can be read only once. */
  const readOnce = (ctx: Context) => {
    const reading = submitted.get(ctx) ?? readFields(ctx, csrf);
    submitted.set(ctx, reading);
    return reading;
  };
  const readFromAnyOrigin = async (ctx: Context) => {
    const { [CONFIRMATION]: _confirmation, ...fields } = await readOnce(ctx);
    return fields;
  };

  return {
    readFromAnyOrigin,
    read(ctx) {
      csrf.checkOrigin(ctx);
      return readFromAnyOrigin(ctx);
    },
    async readConfirmation(ctx) {
      csrf.checkOrigin(ctx);
      return (await readOnce(ctx))[CONFIRMATION];
    },
  };
}

async function readFields(ctx: Context, csrf: Csrf): Promise<Record<string, string>> {
  if (!ctx.is('urlencoded')) throw new DomainError('form_type_unsupported', undefined);
  const { csrf: token, ...fields } = uniqueFields(await readBody(ctx), 'body');
  csrf.checkToken(ctx, token);
  return fields;
}

async function readBody(ctx: Context): Promise<URLSearchParams> {
  if ((ctx.request.length ?? 0) > LIMIT_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyOf(ctx)) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LIMIT_BYTES) throw tooLarge();
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
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

function tooLarge(): DomainError<'form_too_large'> {
  return new DomainError('form_too_large', { limitBytes: LIMIT_BYTES });
}
