import { readFile } from 'node:fs/promises';
import { asapFile } from '../../crypto/digest.ts';
import { importRsaKey, KeyImportError, type RsaKey } from '../../crypto/rsa-key.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { CLI } from '../../operations/actor.ts';
import { replaceNextKey, rotateIssuerKeys } from '../../operations/issuer-keys.ts';
import { type Call, type Command, Refusal } from './command.ts';
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
          ({ kid, ring, stage, bits, createdAt }) =>
            `  ${stage.padEnd(9)}  ${ring.padEnd(5)}  ${kid}  RSA ${bits}  since ${createdAt.toISOString()}`,
        ),
      ]);
      return { ok: true, lines: lines.length > 0 ? lines : ['No issuer yet.'], json: lists };
    }),
};

export const keysRotate: Command = {
  name: 'keys rotate',
  synopsis: '[ISSUER] [--force] [--openid]',
  summary: 'Signs with the next key from now on, and makes another next one.',
  details: [
    '--force   takes a next key that Prosody may not know yet.',
    '--openid  rotates what signs ID tokens and the tokens of ordinary clients, in place of what',
    '          signs Jitsi tokens.',
  ],
  words: [0, 1],
  options: { force: { type: 'boolean' }, openid: { type: 'boolean' } },
  run: (call) =>
    withFoundation(call, async (ground) => {
      const [slug = MAIN_SLUG] = call.positionals;
      const force = call.isSet('force');
      const ring = call.isSet('openid') ? 'oidc' : 'jitsi';
      const rotated = await rotateIssuerKeys(ground, { slug, force, ring, actor: CLI });
      const lines = [
        `${slug} signs with ${rotated.kid} now.`,
        `${rotated.nextKid} is published as the next key.`,
      ];
      return { ok: true, lines, json: { issuer: slug, ...rotated } };
    }),
};

export const keysImport: Command = {
  name: 'keys import',
  synopsis: 'ISSUER FILE',
  summary: 'Takes a private RSA key of your own as the next one.',
  details: [
    'FILE  an unencrypted private key in PEM, PKCS#8 or PKCS#1, of 2048, 3072 or 4096 bits;',
    '      - reads standard input.',
    'It is published at once, in place of the next key there was. It signs from the next',
    'roomkey keys rotate on: after ten minutes, when every Prosody can know it, or with --force.',
  ],
  words: [2, 2],
  options: {},
  run: (call) =>
    withFoundation(call, async (ground) => {
      const [slug = '', file = ''] = call.positionals;
      const key = await readKey(call, file);
      await replaceNextKey(ground, { slug, key, origin: 'imported', actor: CLI });
      const lines = [
        `${key.kid} is published as the next key of ${slug}.`,
        `It signs after: roomkey keys rotate ${slug} (in ten minutes, or with --force)`,
      ];
      return { ok: true, lines, json: { issuer: slug, nextKid: key.kid } };
    }),
};

async function readKey({ terminal }: Call, file: string): Promise<RsaKey> {
  const name = file === '-' ? 'standard input' : file;
  const pem = await (file === '-' ? terminal.readInput() : readFile(file, 'utf8')).catch(
    (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Refusal(`${name} cannot be read: ${reason}`, { cause });
    },
  );
  try {
    return importRsaKey(pem);
  } catch (cause) {
    if (!(cause instanceof KeyImportError)) throw cause;
    throw new Refusal(`${name} ${cause.message}`, { cause });
  }
}
