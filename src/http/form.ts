/**
 * The only way to read a form. It checks where the form came from, so no page can forget to.
 *
 * @module
 */
import type { Context } from 'koa';
import { DomainError } from '../domain/errors.ts';
import { readBody } from './body.ts';
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
  /**
   * A form with a file: its fields, and the file called `file`, held in memory.
   *
   * @throws {DomainError} as `read` does.
   */
  readUpload(ctx: Context, limitBytes: number): Promise<Upload>;
  /** The same for `/setup`, which answers on any host: its proof is the link's token. */
  readFromAnyOrigin(ctx: Context): Promise<Record<string, string>>;
}

export interface Upload {
  readonly fields: Record<string, string>;
  /** `undefined` when none was chosen. */
  readonly file: { readonly name: string; readonly bytes: Buffer } | undefined;
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
    async readUpload(ctx, limitBytes) {
      csrf.checkOrigin(ctx);
      if (ctx.is('urlencoded')) return { fields: await readFromAnyOrigin(ctx), file: undefined };
      const { csrf: token, ...upload } = await readMultipart(ctx, limitBytes);
      csrf.checkToken(ctx, token);
      return upload;
    },
    async readConfirmation(ctx) {
      csrf.checkOrigin(ctx);
      return (await readOnce(ctx))[CONFIRMATION];
    },
  };
}

async function readFields(ctx: Context, csrf: Csrf): Promise<Record<string, string>> {
  if (!ctx.is('urlencoded')) throw new DomainError('form_type_unsupported', undefined);
  const { csrf: token, ...fields } = uniqueFields(await readParams(ctx), 'body');
  csrf.checkToken(ctx, token);
  return fields;
}

async function readMultipart(ctx: Context, limitBytes: number) {
  if (!ctx.is('multipart/form-data')) throw new DomainError('form_type_unsupported', undefined);
  const body = await readBody(ctx, limitBytes);
  const fields = new URLSearchParams();
  let file: Upload['file'];
  for (const [name, value] of await parseMultipart(ctx.get('Content-Type'), body))
    if (typeof value === 'string') fields.append(name, value);
    else if (name === 'file') file = { name: value.name, bytes: await bytesOf(value) };
  const { csrf, ...rest } = uniqueFields(fields, 'body');
  return { csrf, fields: rest, file };
}

/** By the parser that Node's own `fetch` has. */
async function parseMultipart(type: string, body: Buffer): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'Content-Type': type } }).formData();
  } catch (cause) {
    const issues = [{ path: 'body', message: 'is no form with a file' }];
    throw new DomainError('input_invalid', { issues }, { cause });
  }
}

async function bytesOf(file: Blob): Promise<Buffer> {
  return Buffer.from(await file.arrayBuffer());
}

async function readParams(ctx: Context): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(ctx, LIMIT_BYTES)).toString('utf8'));
}
