/**
 * The setup form, read field by field so that each mistake is told at its own field.
 *
 * @module
 */
import { z } from 'zod';
import { findPasswordFaults } from '../../domain/password-policy.ts';
import { serverAddress, webOrigin } from '../../domain/web-address.ts';
import type { FieldFault, FormState } from '../../http/page-contexts/form-state.ts';

export type SetupField = 'name' | 'email' | 'publicUrl' | 'jitsiUrl';
export type SetupForm = FormState<SetupField, 'password'>;

export interface SetupValues {
  readonly displayName: string;
  readonly email: string;
  readonly password: string;
  readonly publicUrl: URL;
  readonly serverUrl: string | undefined;
}

export const setupFields = z.object({
  token: z.string().max(200),
  name: z.string().max(1000).default(''),
  email: z.string().max(1000).default(''),
  password: z.string().max(10_000).default(''),
  publicUrl: z.string().max(2000).optional(),
  jitsiUrl: z.string().max(2000).default(''),
});
export type SetupFields = z.output<typeof setupFields>;

/** @param fixed The public URL, when the environment says it: then the form's is not asked. */
export function readSetup(
  fields: SetupFields,
  fixed: URL | undefined,
): { ok: true; values: SetupValues } | { ok: false; form: SetupForm } {
  const displayName = fields.name.trim();
  const email = fields.email.trim();
  const publicUrl = fixed ?? webOrigin(fields.publicUrl ?? '');
  const jitsi = fields.jitsiUrl.trim();
  const serverUrl = jitsi === '' ? undefined : serverAddress(jitsi);

  const [passwordFault] = findPasswordFaults(fields.password, [displayName, email]);
  const faults: Partial<Record<SetupField | 'password', FieldFault>> = {
    ...(displayName === '' || displayName.length > 200 ? { name: 'missing' as const } : {}),
    ...(z.email().max(254).safeParse(email).success ? {} : { email: 'email_invalid' as const }),
    ...(passwordFault ? { password: passwordFault } : {}),
    ...(publicUrl ? {} : { publicUrl: 'url_invalid' as const }),
    ...(jitsi !== '' && !serverUrl ? { jitsiUrl: 'server_url_invalid' as const } : {}),
  };
  if (publicUrl && Object.keys(faults).length === 0)
    return {
      ok: true,
      values: { displayName, email, password: fields.password, publicUrl, serverUrl },
    };
  return { ok: false, form: { values: typed(fields), faults } };
}

/** What goes back into the form: everything but the password. */
export function typed({ name, email, publicUrl, jitsiUrl }: SetupFields): SetupForm['values'] {
  return { name, email, jitsiUrl, ...(publicUrl === undefined ? {} : { publicUrl }) };
}
