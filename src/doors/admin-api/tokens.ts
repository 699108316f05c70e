/**
 * The applications' way to a Jitsi token.
 *
 * @module
 */
import { z } from 'zod';
import { ROLES } from '../../domain/feature.ts';
import { type MintJitsiTokenDeps, mintJitsiToken } from '../../operations/mint-jitsi-token.ts';
import { type ApiRoute, apiRoute } from './route.ts';

const wanted = z
  .strictObject({
    user: z
      .string()
      .min(1)
      .max(400)
      .optional()
      .meta({ description: 'Username or e-mail address; or give `userId`.' }),
    userId: z.uuid().optional(),
    room: z
      .string()
      .min(1)
      .max(1000)
      .meta({ description: 'As people write it, nothing percent-encoded: `Café Réunion`.' }),
    tenant: z.string().min(1).max(64).optional(),
    ip: z
      .union([z.ipv4(), z.ipv6()])
      .optional()
      .meta({
        description:
          'The person’s own address, as the application sees it. Rules that read `ip` refuse ' +
          'without it.',
      }),
  })
  .refine(({ user, userId }) => (user === undefined) !== (userId === undefined), {
    path: ['user'],
    message: 'give either user or userId',
  });

const minted = z.object({
  token: z.string().meta({ description: 'The JWT for Jitsi’s `jwt` parameter.' }),
  url: z
    .string()
    .meta({ description: 'Opens the room with the token. Both are as good as a key.' }),
  expiresAt: z.iso.datetime(),
  role: z.enum(ROLES),
  room: z.string().meta({ description: 'Canonical: what rules, room policies and the audit say.' }),
});

export function tokenApi(deps: MintJitsiTokenDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/v1/issuers/:issuer/tokens',
      permission: 'tokens:mint',
      summary: 'A Jitsi token for one of your users, by the decision they would get themselves',
      params: z.object({ issuer: z.string() }),
      body: wanted,
      answers: { 201: minted },
      errors: [
        'access_denied',
        'issuer_not_found',
        'issuer_without_server',
        'room_invalid',
        'room_missing',
        'signing_key_missing',
        'tenant_invalid',
        'token_too_large',
        'user_not_found',
      ],
      async handle({ params, body, actor }) {
        const { user: name, userId, room, tenant, ip } = body;
        const made = await mintJitsiToken(deps, {
          issuer: params.issuer,
          user: userId === undefined ? { name: name ?? '' } : { id: userId },
          room,
          tenant,
          ip,
          actor,
        });
        const { token, url, expiresAt, role } = made;
        const answer = { token, url, expiresAt, role, room: made.room.canonical };
        return { status: 201, body: answer };
      },
    }),
  ];
}
