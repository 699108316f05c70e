import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onOneLine } from '../../domain/one-line.ts';
import {
  cellFaults,
  type ImportRow,
  type ImportState,
  type UserImport,
} from '../../domain/user-import.ts';
import type { Wording } from '../../http/messages.ts';
import { BY_CLI } from '../../operations/actor.ts';
import {
  findImport,
  layDownImport,
  startImport,
  workOnImports,
} from '../../operations/people/import/import-users.ts';
import { english } from '../english.ts';
import type { Answer, Command } from './command.ts';
import { FORMATS, readForeignFile } from './foreign-files.ts';
import { type Ground, withFoundation } from './with-foundation.ts';

/** A running server may have taken the work; it is looked at again then. */
const LOOK_AGAIN_MS = 200;
const TOLD_ERRORS = 100;

export const importUsers: Command = {
  name: 'import users',
  synopsis: `FILE [--from ${FORMATS.join('|')}] [--leave-existing] [--dry-run]`,
  summary: 'Adds the people of another system, with their groups and password hashes.',
  details: [
    'FILE  a CSV as the administration exports it, an htpasswd, an LDIF, a Keycloak realm export',
    '      (users in the same file), or the folder of a Prosody’s accounts.',
    '--leave-existing  changes nobody who is there already.',
    '--dry-run         says what would happen, and changes nothing.',
    'bcrypt, PBKDF2, SCRAM and argon2id hashes are taken: people keep their passwords, and are',
    'hashed anew when they sign in next. Everybody else gets a link for a new one:',
    'Administration, Users, Import.',
  ],
  words: [1, 1],
  options: {
    from: { type: 'string' },
    'leave-existing': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run(call) {
    const [file = ''] = call.positionals;
    const { rows, remarks } = await readForeignFile(file, call.text('from'));
    const isTrial = call.isSet('dry-run');
    return withFoundation(call, async (ground) => {
      const options = {
        existing: call.isSet('leave-existing') ? 'leave' : 'change',
        groups: 'make',
        links: 'none',
        hashes: 'any',
      } as const;
      const input = { fileName: path.basename(file), rows, options, ...BY_CLI };
      const { id } = await layDownImport(ground, input);
      let one = await workUntil(ground, id, 'checked');
      if (!isTrial) {
        await startImport(ground, { id, ...BY_CLI });
        one = await workUntil(ground, id, 'done');
      }
      const { items } = await ground.stores.imports.rows({
        id,
        outcome: 'error',
        limit: TOLD_ERRORS,
      });
      if (isTrial) await ground.stores.imports.remove(id);
      return report(one, { items, remarks, isTrial });
    });
  },
};

async function workUntil(ground: Ground, id: string, state: ImportState): Promise<UserImport> {
  for (;;) {
    await workOnImports({ ...ground, publicUrl: () => ground.publicUrl, sendLink: undefined });
    const one = await findImport(ground, id);
    if (one.state === state) return one;
    await wait(LOOK_AGAIN_MS);
  }
}

interface Told {
  readonly items: readonly ImportRow[];
  readonly remarks: readonly string[];
  readonly isTrial: boolean;
}

function report({ counts }: UserImport, { items, remarks, isTrial }: Told): Answer {
  const wording = english();
  const { created = 0, changed = 0, same = 0, error = 0 } = counts;
  const sum = `${created} added, ${changed} changed, ${same} as they were, ${error} left out`;
  const lines = [
    ...remarks,
    ...items.map((row) => `${nameOf(row)}: ${reasonOf(row, wording)}`),
    ...(error > items.length ? [`… and ${error - items.length} more`] : []),
    isTrial ? `${sum}: that is what would happen; nothing was changed.` : `${sum}.`,
  ];
  const json = { ok: error === 0, applied: !isTrial, created, changed, same, error, remarks };
  return { ok: error === 0, lines: lines.map(onOneLine), json };
}

function nameOf({ line, username }: ImportRow): string {
  return line === 0 ? username : `line ${line} (${username})`;
}

function reasonOf({ code, detail = '' }: ImportRow, { text }: Wording): string {
  if (code !== 'field') return text(`imports.code.${code ?? 'unexpected'}`, { detail });
  return cellFaults(detail)
    .map(({ field, message }) => `${field} ${message}`)
    .join('; ');
}
