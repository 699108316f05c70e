import { renewBridgeMark } from '../../operations/adopt-bridge.ts';
import { renewSecretCanary } from '../../operations/secret-canary.ts';
import type { Command } from './command.ts';
import { withFoundation } from './with-foundation.ts';

export const secretsReencrypt: Command = {
  name: 'secrets reencrypt',
  synopsis: '',
  summary: 'Seals all secrets with the first key of ROOMKEY_SECRET.',
  details: [
    'To change the secret: put the new key before the old one, separated by a comma; restart;',
    'run this; take the old key away; restart.',
  ],
  words: [0, 0],
  options: {},
  run: (call) =>
    withFoundation(call, async ({ stores, secretBox, clock }) => {
      const count = await stores.transaction(async (tx) => {
        const resealed = await tx.sealedSecrets.reseal();
        await renewSecretCanary(tx, secretBox, clock.now());
        await renewBridgeMark(tx, secretBox, clock.now());
        return resealed;
      });
      const lines = [
        `${count} secrets sealed anew. All are sealed with the first key now; the others of ROOMKEY_SECRET may go.`,
      ];
      return { ok: true, lines, json: { resealed: count } };
    }),
};
