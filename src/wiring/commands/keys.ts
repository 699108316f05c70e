import { asapFile } from '../../crypto/digest.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { CLI } from '../../operations/actor.ts';
import { rotateIssuerKeys } from '../../operations/issuer-keys.ts';
import type { Command } from './command.ts';
import { requireIssuer, withFoundation } from './with-foundation.ts';

export const keysList: Command = {
  name: 'keys list',
  synopsis: '[ISSUER]',
  summary: 'Lists signing keys: next, active, published, retired.',
  words: [0, 1],
  options: {},
  run: (call) =>
    withFoundation(call, async ({ stores }) => {
      const [slug] = call.positionals;
      const issuers =
        slug === undefined ? await stores.issuers.list() : [await requireIssuer(stores, slug)];
      const lists = await Promise.all(
        issuers.map(async (issuer) => ({
          issuer: issuer.slug,
          algorithm: issuer.algorithm,
          keys: (await stores.signingKeys.listOf(issuer.id)).map(
            ({ publicPem: _pem, issuerId: _id, ...key }) => ({
              ...key,
              asapFile: asapFile(key.kid),
            }),
          ),
        })),
      );
      const lines = lists.flatMap(({ issuer, algorithm, keys }) => [
        `${issuer} (${algorithm})${keys.length === 0 ? ': a shared secret, no keys' : ''}`,
        ...keys.map(
          ({ kid, stage, bits, createdAt }) =>
            `  ${stage.padEnd(9)}  ${kid}  RSA ${bits}  since ${createdAt.toISOString()}`,
        ),
      ]);
      return { ok: true, lines: lines.length > 0 ? lines : ['No issuer yet.'], json: lists };
    }),
};

export const keysRotate: Command = {
  name: 'keys rotate',
  synopsis: '[ISSUER] [--force]',
  summary: 'Signs with the next key from now on, and makes another next one.',
  details: ['--force  takes a next key that Prosody may not know yet.'],
  words: [0, 1],
  options: { force: { type: 'boolean' } },
  run: (call) =>
    withFoundation(call, async (ground) => {
      const [slug = MAIN_SLUG] = call.positionals;
      const force = call.isSet('force');
      const rotated = await rotateIssuerKeys(ground, { slug, force, actor: CLI });
      const lines = [
        `${slug} signs with ${rotated.kid} now.`,
        `${rotated.nextKid} is published as the next key.`,
      ];
      return { ok: true, lines, json: { issuer: slug, ...rotated } };
    }),
};
