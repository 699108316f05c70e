import type { Router } from '@koa/router';
import { z } from 'zod';
import type { Forms } from './form.ts';
import { chooseLanguage } from './language.ts';
import { localPathSchema } from './local-path.ts';
import { LANGUAGES, type Language } from './messages.ts';
import { parse } from './parse.ts';
import { createRouter } from './router.ts';
import { seeOther } from './see-other.ts';

const body = z.object({
  language: z.enum(Object.keys(LANGUAGES) as [Language, ...Language[]]),
  returnTo: localPathSchema,
});

/** `POST /language`: the switch at the foot of every page. */
export function languageRoutes(forms: Forms): Router {
  return createRouter().post('/language', async (ctx) => {
    const { language, returnTo } = parse(body, await forms.read(ctx), 'body');
    chooseLanguage(ctx, language);
    seeOther(ctx, returnTo);
  });
}
