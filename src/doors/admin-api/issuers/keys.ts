import { z } from 'zod';
import { importRsaKey, KeyImportError } from '../../../crypto/rsa-key.ts';
import { DomainError } from '../../../domain/errors.ts';
import type { KeyTimes } from '../../../domain/key-timeline.ts';
import { describeKeys, type RingReport } from '../../../operations/describe-keys.ts';
import {
  generateNextKey,
  replaceNextKey,
  type RotateKeysDeps,
  rotateIssuerKeys,
} from '../../../operations/issuer-keys.ts';
import { retireKey } from '../../../operations/retire-key.ts';
import { type ApiAnswer, type ApiRoute, apiRoute } from '../route.ts';
import { instant, issuerParams } from './schemas.ts';

const PATH = '/api/v1/issuers/:issuer/keys';
const kidParams = issuerParams.extend({ kid: z.string().max(100) });
const force = z
  .boolean()
  .default(false)
  .meta({ description: 'Though people may be refused for a while.' });
const ring = z
  .enum(['jitsi', 'oidc'])
  .default('jitsi')
  .meta({ description: 'Keys of Jitsi tokens, or those of applications (OpenID Connect).' });
const forceBody = z.strictObject({ force });
const moment = instant.nullable();

const keySchema = z.object({
  kid: z.string(),
  stage: z.enum(['next', 'active', 'published', 'retired']),
  bits: z.int(),
  publicPem: z.string().meta({ description: 'SPKI, PEM.' }),
  createdAt: instant,
  knownAt: instant.meta({ description: 'Every reader of the list knows it.' }),
  activatedAt: moment,
  publishedAt: moment.meta({ description: 'When it stopped signing.' }),
  lastTokenEndsAt: moment,
  safeToRetireAt: moment,
  retiresAt: moment.meta({ description: 'By itself.' }),
  retiredAt: moment,
});
const ringSchema = z.object({
  keys: z.array(keySchema),
  nextRotationAt: moment.meta({ description: 'With `keyRotationDays` of the issuer.' }),
});
const keysSchema = ringSchema.extend({
  oidc: ringSchema.meta({
    description: 'Keys of ID tokens and of access tokens for applications.',
  }),
});

export function keyApi(deps: RotateKeysDeps): readonly ApiRoute[] {
  const answers = { 200: keysSchema };
  const common = { permission: 'keys:write', params: issuerParams, answers } as const;
  return [
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'issuers:read',
      summary: 'The keys of an issuer with their life: next, active, published, retired',
      params: issuerParams,
      answers,
      errors: ['issuer_not_found'],
      handle: ({ params }) => answer(deps, params.issuer),
    }),
    apiRoute({
      ...common,
      method: 'POST',
      path: `${PATH}/rotate`,
      summary: 'Sign with the next key from now on, and publish another next one',
      body: forceBody.extend({ ring }),
      errors: ['issuer_not_found', 'issuer_without_keys', 'key_too_young', 'keys_unused'],
      async handle({ params, body, actor }) {
        await rotateIssuerKeys(deps, { slug: params.issuer, ...body, actor });
        return answer(deps, params.issuer);
      },
    }),
    apiRoute({
      ...common,
      method: 'POST',
      path: `${PATH}/generate`,
      summary: 'Make another next key',
      body: z.strictObject({ ring }),
      errors: ['issuer_not_found', 'issuer_without_keys', 'keys_unused'],
      async handle({ params, body, actor }) {
        await generateNextKey(deps, { slug: params.issuer, ring: body.ring, actor });
        return answer(deps, params.issuer);
      },
    }),
    apiRoute({
      ...common,
      method: 'POST',
      path: `${PATH}/import`,
      summary: 'Take a private RSA key of your own as the next one',
      body: z.strictObject({
        privatePem: z
          .string()
          .max(20_000)
          .meta({ description: 'PKCS#8 or PKCS#1, not encrypted.' }),
      }),
      errors: ['issuer_not_found', 'issuer_without_keys'],
      async handle({ params, body, actor }) {
        const key = readKey(body.privatePem);
        await replaceNextKey(deps, { slug: params.issuer, key, origin: 'imported', actor });
        return answer(deps, params.issuer);
      },
    }),
    apiRoute({
      ...common,
      method: 'POST',
      path: `${PATH}/:kid/retire`,
      params: kidParams,
      summary: 'Serve a key no more that signs no more',
      body: forceBody,
      errors: ['issuer_not_found', 'key_in_use', 'key_needed', 'key_not_found'],
      async handle({ params, body, actor }) {
        const { issuer: slug, kid } = params;
        await retireKey(deps, { slug, kid, force: body.force, actor });
        return answer(deps, slug);
      },
    }),
  ];
}

function readKey(pem: string) {
  try {
    return importRsaKey(pem);
  } catch (cause) {
    if (!(cause instanceof KeyImportError)) throw cause;
    const issues = [{ path: 'body.privatePem', message: cause.message }];
    throw new DomainError('input_invalid', { issues }, { cause });
  }
}

async function answer(deps: RotateKeysDeps, slug: string): Promise<ApiAnswer> {
  const { jitsi, oidc } = await describeKeys(deps, slug);
  return { status: 200, body: { ...presentRing(jitsi), oidc: presentRing(oidc) } };
}

function presentRing({ keys, nextRotationAt }: RingReport) {
  return { keys: keys.map(present), nextRotationAt: nextRotationAt ?? null };
}

function present({ key, knownAt, lastTokenEndsAt, safeToRetireAt, retiresAt }: KeyTimes) {
  return {
    kid: key.kid,
    stage: key.stage,
    bits: key.bits,
    publicPem: key.publicPem,
    createdAt: key.createdAt,
    knownAt,
    activatedAt: key.activatedAt ?? null,
    publishedAt: key.publishedAt ?? null,
    lastTokenEndsAt: lastTokenEndsAt ?? null,
    safeToRetireAt: safeToRetireAt ?? null,
    retiresAt: retiresAt ?? null,
    retiredAt: key.retiredAt ?? null,
  };
}
