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
  const { csrf: token, ...fields } = uniqueFields(await readParams(ctx), 'body');
  csrf.checkToken(ctx, token);
  return fields;
}

async function readParams(ctx: Context): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(ctx, LIMIT_BYTES)).toString('utf8'));
}
