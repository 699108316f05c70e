import type { Context } from 'koa';

/** What a form did, said on the page it led to: `?done=saved`. */
export const DONE = [
  'bulk',
  'created',
  'disabled',
  'emptied',
  'enabled',
  'lifted',
  'promoted',
  'removed',
  'restored',
  'revoked',
  'saved',
  'secret_ended',
  'signed_out',
  'stopped',
] as const;
export type Done = (typeof DONE)[number];

/** Anything else in the address is not ours and says nothing. */
export function readDone(ctx: Context): Done | undefined {
  return DONE.find((done) => done === ctx.query.done);
}
