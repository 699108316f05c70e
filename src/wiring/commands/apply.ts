import { readFileSync } from 'node:fs';
import {
  type ConfigSource,
  type LocatedMistake,
  parseConfigFile,
  readConfigFile,
} from '../../config/config-file.ts';
import type { Change } from '../../domain/config-file/change.ts';
import { printPath } from '../../domain/config-file/mistake.ts';
import { CLI } from '../../operations/actor.ts';
import { applyConfig } from '../../operations/apply-config.ts';
import { type Answer, type Command, Refusal } from './command.ts';
import { withNewFoundation } from './with-foundation.ts';

export const apply: Command = {
  name: 'apply',
  synopsis: 'FILE [--dry-run] [--prune]',
  summary: 'Makes the database match a YAML file; prints the difference.',
  details: [
    'FILE       - reads standard input.',
    '--dry-run  says what would change, and changes nothing.',
    '--prune    removes what the sections of the file do not name.',
  ],
  words: [1, 1],
  options: { 'dry-run': { type: 'boolean' }, prune: { type: 'boolean' } },
  async run(call) {
    const [name = '-'] = call.positionals;
    const source = await readSource(name, call.terminal.readInput);
    const mode = call.isSet('dry-run') ? 'plan' : 'write';
    return withNewFoundation(call, async (ground) => {
      const { publicUrl } = ground;
      const { file, mistakes } = source;
      const prune = call.isSet('prune');
      const input = { file, mistakes, mode, prune, publicUrl, actor: CLI } as const;
      const result = await applyConfig(ground, input);
      const all = [...mistakes, ...result.mistakes.map((mistake) => source.locate(mistake))];
      return all.length > 0 ? refuse(name, all) : report(result.changes, mode);
    });
  },
};

export async function readSource(
  name: string,
  readInput: () => Promise<string>,
): Promise<ConfigSource> {
  if (name === '-') return parseConfigFile(await readInput(), '.');
  try {
    readFileSync(name);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`${name} cannot be read: ${reason}`, { cause });
  }
  return readConfigFile(name);
}

export function refuse(name: string, mistakes: readonly LocatedMistake[]): Answer {
  const file = name === '-' ? 'standard input' : name;
  const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.flatMap(({ line, column, path, message, hint }) => {
    const place = path.length === 0 ? '' : `${printPath(path)}: `;
    return [
      `${file}:${line}:${column}: ${place}${message}`,
      ...(hint === undefined ? [] : [`    ${hint}`]),
    ];
  });
  const count = `${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}`;
  return {
    ok: false,
    lines: [...lines, `${count}; nothing was changed.`],
    json: {
      ok: false,
      mistakes: sorted.map((mistake) => ({ ...mistake, path: printPath(mistake.path) })),
    },
  };
}

const SIGNS = { created: '+', changed: '~', removed: '-' } as const;

export function report(changes: readonly Change[], mode: 'plan' | 'write'): Answer {
  const lines = changes.flatMap(({ kind, what, name, fields }) => [
    `${SIGNS[kind]} ${what} ${name}`,
    ...fields.map(({ field, before, after }) =>
      kind === 'created'
        ? `    ${field}: ${after}`
        : `    ${field}: ${before ?? '(none)'} → ${after ?? '(none)'}`,
    ),
  ]);
  const count = `${changes.length} change${changes.length === 1 ? '' : 's'}`;
  const done = mode === 'plan' ? `${count} to be made; nothing was changed.` : `${count} made.`;
  return {
    ok: true,
    lines: changes.length === 0 ? ['No change.'] : [...lines, done],
    json: { ok: true, applied: mode === 'write', changes },
  };
}
