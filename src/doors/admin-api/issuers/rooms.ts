import { z } from 'zod';
import { representIssuer } from '../../../domain/issuer-view.ts';
import type { PolicyChange } from '../../../domain/room-policies.ts';
import { expectingIfMatch } from '../../../http/etag.ts';
import { changeRoomPolicies } from '../../../operations/change-room-policies.ts';
import { type ApiRequest, type ApiRoute, apiRoute } from '../route.ts';
import { answer, type IssuersApiDeps } from './issuers.ts';
import { inBody, issuerParams, policyBody, savedIssuerSchema } from './schemas.ts';

const PATH = '/api/v1/issuers/:issuer/rooms';
const policyParams = issuerParams.extend({ match: z.string().max(200) });
const position = z.int().min(0).max(10_000);
const ERRORS = ['changed_meanwhile', 'issuer_not_found', 'room_policy_not_found'] as const;

/** The list itself is part of the issuer; here it is changed one policy at a time. */
export function roomApi(deps: IssuersApiDeps): readonly ApiRoute[] {
  const answers = { 200: savedIssuerSchema };
  const change = async (
    { ctx, params, actor }: ApiRequest<z.output<typeof issuerParams>, unknown, unknown>,
    wanted: PolicyChange,
  ) => {
    const expected = expectingIfMatch(ctx, representIssuer);
    const input = { slug: params.issuer, change: wanted, mode: 'write', expected, actor } as const;
    const publicUrl = deps.publicUrl();
    return answer(deps, await inBody(changeRoomPolicies(deps, { ...input, publicUrl })));
  };

  return [
    apiRoute({
      method: 'POST',
      path: PATH,
      permission: 'issuers:write',
      summary: 'Add a room policy: last, or at `position`',
      params: issuerParams,
      body: policyBody.extend({ position: position.optional() }),
      answers,
      errors: ERRORS,
      handle(request) {
        const { position: at, ...policy } = request.body;
        return change(request, { kind: 'add', policy, position: at });
      },
    }),
    apiRoute({
      method: 'PUT',
      path: `${PATH}/:match`,
      permission: 'issuers:write',
      summary: 'Replace a room policy, in its place; another `match` renames it',
      params: policyParams,
      body: policyBody,
      answers,
      errors: ERRORS,
      handle(request) {
        const { match } = request.params;
        return change(request, { kind: 'edit', match, policy: request.body });
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${PATH}/:match/move`,
      permission: 'issuers:write',
      summary: 'Give a room policy another place: the first that matches counts',
      params: policyParams,
      body: z.strictObject({ position }),
      answers,
      errors: ERRORS,
      handle(request) {
        const { match } = request.params;
        return change(request, { kind: 'move', match, position: request.body.position });
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: `${PATH}/:match`,
      permission: 'issuers:write',
      summary: 'Remove a room policy',
      params: policyParams,
      answers,
      errors: ERRORS,
      handle: (request) => change(request, { kind: 'remove', match: request.params.match }),
    }),
  ];
}
