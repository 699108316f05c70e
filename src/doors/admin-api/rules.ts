import { z } from 'zod';
import {
  type CompletionDeps,
  checkExpression,
  completionsFor,
} from '../../operations/check-expression.ts';
import { type ApiRoute, apiRoute } from './route.ts';

const kind = z.enum(['rule', 'mapping']);
const issuer = z
  .string()
  .max(100)
  .optional()
  .meta({ description: 'Slug: whether `tenant` can be read depends on the issuer.' });

const mistake = z.object({
  message: z.string(),
  hint: z.string().optional(),
  line: z.number().int().meta({ description: 'From 1.' }),
  column: z.number().int().meta({ description: 'From 1, in UTF-16 units.' }),
  start: z.number().int(),
  length: z.number().int(),
});

export function ruleApi(deps: CompletionDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/v1/rules/check',
      permission: 'issuers:read',
      summary: 'Whether a rule, or an entry of a mapping, is right; if not, where it is wrong',
      body: z.strictObject({ kind, source: z.string().max(10_000), issuer }),
      answers: {
        200: z.object({
          ok: z.boolean(),
          mistakes: z.array(mistake),
          uses: z.array(z.string()).meta({ description: '`room`, `user.groups`, `inGroup()`…' }),
        }),
      },
      errors: ['issuer_not_found'],
      handle: async ({ body }) => ({ status: 200, body: await checkExpression(deps, body) }),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/rules/words',
      permission: 'issuers:read',
      summary: 'What rules may be written with: words, groups, names of attributes',
      query: z.strictObject({ kind: kind.default('rule'), issuer }),
      answers: {
        200: z.object({
          words: z.array(z.object({ text: z.string(), kind: z.string(), type: z.string() })),
          groups: z.array(z.string()),
          attributes: z.array(z.string()),
        }),
      },
      errors: ['issuer_not_found'],
      async handle({ query }) {
        const { words, groups, attributes } = await completionsFor(deps, query);
        const bare = words.map(({ text, kind: sort, type }) => ({ text, kind: sort, type }));
        return { status: 200, body: { words: bare, groups, attributes } };
      },
    }),
  ];
}
