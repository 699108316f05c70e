import { z } from 'zod';
import { LOCAL_SIGN_INS } from '../../domain/sign-in-setting.ts';
import { etagOf, expectingIfMatch } from '../../http/etag.ts';
import {
  changeSettings,
  readSettings,
  representSettings,
  type Settings,
  type SettingsDeps,
} from '../../operations/settings.ts';
import type { Stores } from '../../stores/index.ts';
import { type ApiAnswer, type ApiRoute, apiRoute } from './route.ts';
import { inBody } from './issuers/schemas.ts';

export interface SettingsApiDeps extends SettingsDeps {
  readonly stores: Pick<Stores, 'settings' | 'transaction'>;
}

const PATH = '/api/v1/settings';
const settingsSchema = z.object({
  publicUrl: z.object({
    value: z.string(),
    source: z.enum(['environment', 'stored', 'default']),
  }),
  branding: z.object({
    name: z.string(),
    color: z.string(),
    logoUrl: z.string().nullable(),
    source: z.enum(['stored', 'default']),
  }),
  signIn: z.object({ local: z.enum(LOCAL_SIGN_INS), source: z.enum(['stored', 'default']) }),
});

export function settingsApi(deps: SettingsApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'settings:read',
      summary: 'Where people reach Roomkey, how it looks, and who signs in with a password of ours',
      answers: { 200: settingsSchema },
      async handle() {
        return answer(readSettings(deps, await deps.stores.settings.all()));
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: PATH,
      permission: 'settings:write',
      summary: 'Change what is named; `logoUrl: null` takes the logo away',
      body: z.strictObject({
        publicUrl: z.string().max(2000).optional(),
        branding: z
          .strictObject({
            name: z.string().max(1000).optional(),
            color: z.string().max(100).optional(),
            logoUrl: z.string().max(2000).nullish(),
          })
          .optional(),
        signIn: z.strictObject({ local: z.enum(LOCAL_SIGN_INS).optional() }).optional(),
      }),
      answers: { 200: settingsSchema },
      errors: ['changed_meanwhile', 'setting_fixed'],
      async handle({ ctx, body, actor }) {
        const expected = expectingIfMatch(ctx, representSettings);
        return answer(await inBody(changeSettings(deps, { ...body, expected, actor })));
      },
    }),
  ];
}

function answer(settings: Settings): ApiAnswer {
  const body = representSettings(settings);
  return { status: 200, body, headers: { ETag: etagOf(body) } };
}
