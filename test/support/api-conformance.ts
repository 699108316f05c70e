/**
 * Whether an answer of the running server is one that its own description promises.
 *
 * @module
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly { readonly apiKey: readonly string[] }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: unknown }>>;

export interface SeenAnswer {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** `GET /api/v1/groups/{name}`, or `undefined` for an address that is none of the API's. */
export function operationKey(document: OpenApiDocument, method: string, path: string) {
  const { pathname } = new URL(path, 'http://local.invalid');
  const parts = pathname.split('/');
  const fits = (template: string) => {
    const pieces = template.split('/');
    return (
      pieces.length === parts.length &&
      pieces.every((piece, i) => piece === parts[i] || (piece.startsWith('{') && parts[i] !== ''))
    );
  };
  // Of two that fit, the one with fewer variable parts is meant.
  const [template] = Object.keys(document.paths)
    .filter(fits)
    .filter((one) => document.paths[one]?.[method.toLowerCase()])
    .sort((a, b) => a.split('{').length - b.split('{').length);
  return template === undefined ? undefined : `${method} ${template}`;
}

/** Says what is not as promised, or `undefined`. */
export function createConformance(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'api');

  return (answer: SeenAnswer): string | undefined => {
    const key = operationKey(document, answer.method, answer.path);
    if (key === undefined) return undefined;
    const [method = '', template = ''] = key.split(' ');
    const promised = document.paths[template]?.[method.toLowerCase()]?.responses[answer.status];
    const where = `${key} answered ${answer.status}`;
    if (!promised) return `${where}, of which its description says nothing: ${answer.text}`;
    if (!promised.content)
      return answer.text === '' ? undefined : `${where} with a body nobody promised`;

    const [type] = (answer.contentType ?? '').split(';');
    const content = promised.content[type ?? ''];
    if (!content) return `${where} as ${type}`;
    if (type !== 'application/json') return undefined;
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(answer.status)]
      .concat('content', type, 'schema')
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.getSchema(`api#/${pointer}`);
    if (!validate) return `${where}: no schema at ${pointer}`;
    if (validate(JSON.parse(answer.text))) return undefined;
    return `${where} other than promised: ${ajv.errorsText(validate.errors)}\n${answer.text}`;
  };
}
