/**
 * The API's addresses as data: the right each needs, and the schemas its input is parsed and its
 * description is made with.
 *
 * @module
 */
import type { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Permission } from '../../domain/permissions.ts';
import type { ApiCaller } from '../../operations/find-api-caller.ts';

export type ApiMethod = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

export interface ApiRequest<Params, Query, Body> {
  readonly ctx: Context;
  readonly caller: ApiCaller;
  /** Who does it, as the audit log will say it. */
  readonly actor: {
    readonly actorId: undefined;
    readonly actorName: string;
    readonly ip: string | undefined;
    readonly requestId: string | undefined;
  };
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

export interface ApiAnswer {
  readonly status: number;
  /** JSON; none for 204. */
  readonly body?: unknown;
  /** In place of `body`, with a `Content-Type` among the headers: what is too long to be held. */
  readonly stream?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiRouteSpec<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
> {
  readonly method: ApiMethod;
  /** As the router takes it: `/api/v1/groups/:name`. */
  readonly path: string;
  /** `undefined`: any key will do. */
  readonly permission: Permission | undefined;
  /** One line, for the description. */
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  /** Strict objects: a field nobody knows is refused. */
  readonly body?: Body;
  /** Default 64 kB. */
  readonly bodyLimitBytes?: number;
  /** Status → schema of the answer, `null` for an answer without a body. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Media types of an answer that is a `stream`. */
  readonly files?: readonly string[];
  /** Those of its own, beside what any address may answer. */
  readonly errors?: readonly ErrorCode[];
  handle(
    request: ApiRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<ApiAnswer>;
}

/** A route among others: what its handler takes is known to it alone. */
export type ApiRoute = Omit<ApiRouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handle'> & {
  handle(request: ApiRequest<never, never, never>): Promise<ApiAnswer>;
};

export function apiRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  spec: ApiRouteSpec<Params, Query, Body>,
): ApiRoute {
  return spec;
}
