import { makeSetupToken } from '../../operations/setup.ts';
import type { Command } from './command.ts';
import { withNewFoundation } from './with-foundation.ts';

export const setupLink: Command = {
  name: 'setup-link',
  synopsis: '',
  summary: 'Makes a new link to set Roomkey up with; the former one dies.',
  words: [0, 0],
  options: {},
  run: (call) =>
    withNewFoundation(call, async (ground) => {
      const token = await makeSetupToken(ground);
      const link = `${ground.publicUrl.origin}/setup?token=${token}`;
      const lines = ['Open this link within 24 hours; it works once:', `  ${link}`];
      return { ok: true, lines, json: { link } };
    }),
};
