/**
 * The API's description (OpenAPI 3.1), made of the very routes and schemas that serve it.
 *
 * @module
 */
import { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import { STATUS } from '../../http/errors.ts';
import type { ApiRoute } from './route.ts';

/** JSON. */
type Json = Readonly<Record<string, unknown>>;

/** Of the addresses below `/api/v1`: it grows, and breaks nobody. */
const API_VERSION = '1';

const DESCRIPTION = `Everything the administration's pages do, and tokens for applications.

Send an API key as \`Authorization: Bearer rk_…\`; the scopes an operation needs stand at its security
requirement. Lists give \`next\`: send it as \`after\` for the page that follows. An \`ETag\` sent back as
\`If-Match\` makes a change fail with 412 when somebody else was faster. Every failure is a \`Problem\`;
programs read its \`code\`, and its \`reference\` stands in the server's log.`;

/** What any address may answer, beside its own. */
const EVERYWHERE = ['api_key_required', 'api_key_invalid', 'database_unavailable'] as const;
const WITH_BODY = ['body_not_json', 'form_too_large', 'form_type_unsupported'] as const;

/** A fault of ours has a code that nobody foresaw. */
const INTERNAL = 'internal_error';

const problem = z.object({
  error: z.object({
    code: z.string().meta({ description: 'Never renamed.' }),
    message: z.string().meta({ description: 'English, for developers.' }),
    reference: z.string().meta({ description: 'Stands in the log beside the whole story.' }),
    issues: z
      .array(
        z.object({
          path: z.string().meta({ description: 'Where: `body.name`, `query.after`.' }),
          message: z.string(),
          hint: z.string().optional(),
          offset: z.int().optional(),
        }),
      )
      .optional()
      .meta({ description: 'With `input_invalid`: every field that was not right.' }),
    details: z
      .looseObject({})
      .optional()
      .meta({ description: 'What else there is to say of this code.' }),
  }),
});

export function openApiDocument(routes: readonly ApiRoute[], server: URL): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = documentedPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Roomkey', version: API_VERSION, description: DESCRIPTION },
    servers: [{ url: server.origin }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'Made under /admin/api-keys.' },
      },
    },
  };
}

/** `/api/v1/groups/:name` as the description writes it. */
export function documentedPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(route: ApiRoute): Json {
  const { method, path, permission, summary, body } = route;
  return {
    operationId: operationId(method, path),
    summary,
    tags: [path.split('/')[3] ?? 'api'],
    security: [{ apiKey: permission === undefined ? [] : [permission] }],
    parameters: [
      ...pathParameters(route),
      ...parametersOf(route.query, 'query'),
      ...(isConditional(route) ? [IF_MATCH] : []),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(body, 'input') } },
      },
    }),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of what the change was made from.',
  schema: { type: 'string' },
};

function isConditional({ errors = [] }: ApiRoute): boolean {
  return errors.includes('changed_meanwhile');
}

/** `getIssuersByIssuerTokens`: programs that write clients name functions by it. */
function operationId(method: string, path: string): string {
  const words = path
    .split('/')
    .slice(3)
    .map((part) => part.replace(/^:/, 'by-').replaceAll(/[^A-Za-z0-9]+(\w)/g, upperFirst))
    .map((word) => word.replace(/^./, upper));
  return method.toLowerCase() + words.join('');
}

const upper = (letter: string) => letter.toUpperCase();
const upperFirst = (_match: string, letter: string) => upper(letter);

function pathParameters({ path, params }: ApiRoute): readonly Json[] {
  if (params) return parametersOf(params, 'path');
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function answersOf({ answers, summary, files = ['application/json'] }: ApiRoute): Json {
  const entries = Object.entries(answers).map(([status, schema]) => [
    status,
    {
      description: summary,
      ...(schema && {
        content: Object.fromEntries(
          files.map((type) => [type, { schema: schemaOf(schema, 'output') }]),
        ),
      }),
    },
  ]);
  return Object.fromEntries(entries);
}

/** By status, with the codes it may come with. */
function problemsOf(route: ApiRoute): Json {
  const { permission, body, errors = [] } = route;
  const codes: readonly ErrorCode[] = [
    ...EVERYWHERE,
    ...(permission === undefined ? [] : (['permission_required'] as const)),
    'input_invalid',
    ...(body ? WITH_BODY : (['form_too_large'] as const)),
    ...errors,
  ];
  const byStatus = new Map<number, string[]>([[500, [INTERNAL]]]);
  for (const code of new Set(codes)) {
    const status = apiStatus(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, listed]) => [status, describe(listed)]));
}

/** What a condition of the request's own refused has a status of its own (see `jsonErrors`). */
function apiStatus(code: ErrorCode): number {
  return code === 'changed_meanwhile' ? 412 : STATUS[code];
}

function describe(codes: readonly string[]): Json {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object',
              properties: {
                error: { type: 'object', properties: { code: { enum: codes } } },
              },
            },
          ],
        },
      },
    },
  };
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
