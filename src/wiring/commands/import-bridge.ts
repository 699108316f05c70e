import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { inBridgeWords, writeBridgeConfig } from '../../config/bridge-text.ts';
import { type ConfigSource, parseConfigFile } from '../../config/config-file.ts';
import { printIniName } from '../../domain/bridges/aadp.ts';
import { readEnvFile } from '../../domain/bridges/env-file.ts';
import { BRIDGE_NAMES, BRIDGES, isBridgeName } from '../../domain/bridges/index.ts';
import { readIniFile } from '../../domain/bridges/ini-file.ts';
import { type BridgeNote, type BridgeReading, NOTE_KINDS } from '../../domain/bridges/reading.ts';
import { nearest } from '../../domain/nearest.ts';
import { onOneLine } from '../../domain/one-line.ts';
import { CLI } from '../../operations/actor.ts';
import { applyConfig } from '../../operations/apply-config.ts';
import { report } from './apply.ts';
import { type Answer, type Call, type Command, Refusal, UsageError } from './command.ts';
import { withNewFoundation } from './with-foundation.ts';

const HEADINGS: Readonly<Record<BridgeNote['kind'], string>> = {
  understood: 'Stays as it was:',
  stricter: 'Stricter now:',
  warning: 'Look at this:',
  jitsi: 'At Jitsi and the provider:',
};

export const importBridge: Command = {
  name: 'import',
  synopsis: 'BRIDGE FILE [--server-url URL] [--out FILE] [--apply] [--show-secrets]',
  summary: 'Turns the settings of another bridge to Jitsi into ours, and says what changes.',
  details: [
    `BRIDGE  ${BRIDGE_NAMES.join(', ')}`,
    'FILE    its environment as NAME=value lines, or its app.conf; - reads standard input.',
    '--server-url    where Jitsi is, for the adapters, which took that from each request.',
    '--out           writes the YAML into a new file that only you can read, with the secrets.',
    '--apply         makes the database match, as roomkey apply does.',
    '--show-secrets  prints them; without it they are left out of what is printed.',
    'What was understood, what is stricter now and what to do at Jitsi is told on standard error.',
    'For people with their passwords: roomkey import users --help',
  ],
  words: [2, 2],
  options: {
    'server-url': { type: 'string' },
    out: { type: 'string' },
    apply: { type: 'boolean' },
    'show-secrets': { type: 'boolean' },
  },
  async run(call) {
    const [name = '', file = ''] = call.positionals;
    if (!isBridgeName(name)) throw new UsageError(unknownBridge(name));
    const { reading, faults } = await readBridge(call, { name, file });
    if (faults.length > 0 || !reading.config) return refuse(file, faults);

    const text = writeBridgeConfig(reading.config, { from: name, secrets: 'shown' });
    const source = withoutUnreadable(parseConfigFile(text, '.'), call);
    const wrong = inBridgeWords(source.mistakes, reading.origins);
    if (wrong.length > 0) return refuse(file, wrong);

    const out = call.text('out');
    if (out !== undefined) await writeNew(out, text);
    if (!call.isSet('json')) for (const line of tellNotes(reading.notes)) call.terminal.warn(line);
    const { notes } = reading;
    if (call.isSet('apply')) return applyTo(call, { source, reading, file });
    const json = { ok: true, applied: false, notes };
    if (out !== undefined)
      return {
        ok: true,
        lines: [`Written to ${out}, with its secrets. Apply it with: roomkey apply ${out}`],
        json: { ...json, out },
      };
    const secrets = call.isSet('show-secrets') ? 'shown' : 'left out';
    const yaml = writeBridgeConfig(reading.config, { from: name, secrets });
    return { ok: true, lines: yaml.trimEnd().split('\n'), json: { ...json, yaml } };
  },
};

interface Asked {
  readonly name: keyof typeof BRIDGES;
  readonly file: string;
}

async function readBridge(
  call: Call,
  { name, file }: Asked,
): Promise<{ reading: BridgeReading; faults: readonly string[] }> {
  const bridge = BRIDGES[name];
  const text = file === '-' ? await call.terminal.readInput() : await readSettings(file);
  const { values, mistakes } = bridge.file === 'ini' ? readIniFile(text) : readEnvFile(text);
  const serverUrl = call.text('server-url');
  const reading = bridge.read({ values, serverUrl, readFile: readIfThere });
  const print = bridge.file === 'ini' ? printIniName : (setting: string) => setting;
  const known: readonly string[] = bridge.settings;
  const unknown = Object.keys(values).filter((setting) => !known.includes(setting));
  const notes = unknown.map((setting): BridgeNote => {
    const text = `${onOneLine(print(setting))} is no setting of ${name}: it is left out.`;
    return { kind: 'warning', text };
  });
  return {
    reading: { ...reading, notes: [...reading.notes, ...notes] },
    faults: [
      ...mistakes.map(({ line, message }) => `line ${line}: ${message}`),
      // A line that could not be read is not missing.
      ...(mistakes.length > 0 ? [] : reading.mistakes).map(
        ({ setting, message }) => `${print(setting)} ${message}`,
      ),
    ],
  };
}

/** What is only named need not be here, unless it is to be applied here. */
function withoutUnreadable(source: ConfigSource, call: Call): ConfigSource {
  if (call.isSet('apply')) return source;
  const isFile = ({ path }: { path: readonly (string | number)[] }) =>
    String(path.at(-1)).endsWith('File');
  return { ...source, mistakes: source.mistakes.filter((mistake) => !isFile(mistake)) };
}

async function applyTo(
  call: Call,
  { source, reading, file }: { source: ConfigSource; reading: BridgeReading; file: string },
): Promise<Answer> {
  return withNewFoundation(call, async (ground) => {
    const { publicUrl } = ground;
    const input = { file: source.file, mistakes: [], mode: 'write', prune: false } as const;
    const result = await applyConfig(ground, { ...input, publicUrl, actor: CLI });
    const wrong = inBridgeWords(result.mistakes, reading.origins);
    if (wrong.length > 0) return refuse(file, wrong);
    const { lines } = report(result.changes, 'write');
    const json = { ok: true, applied: true, changes: result.changes, notes: reading.notes };
    return { ok: true, lines, json };
  });
}

function refuse(file: string, faults: readonly string[]): Answer {
  const name = file === '-' ? 'standard input' : file;
  const count = `${faults.length} mistake${faults.length === 1 ? '' : 's'}`;
  return {
    ok: false,
    lines: [
      ...faults.map((fault) => onOneLine(`${name}: ${fault}`)),
      `${count}; nothing was done.`,
    ],
    json: { ok: false, mistakes: faults },
  };
}

/** A heading for each kind, and what there is to say of it. */
export function tellNotes(notes: readonly BridgeNote[]): string[] {
  return NOTE_KINDS.flatMap((kind) => {
    const own = notes.filter((note) => note.kind === kind);
    if (own.length === 0) return [];
    return [HEADINGS[kind], ...own.map(({ text }) => onOneLine(`  - ${text}`))];
  });
}

function unknownBridge(name: string): string {
  const near = nearest(name, BRIDGE_NAMES);
  const hint =
    near === undefined ? `known are ${BRIDGE_NAMES.join(', ')}` : `did you mean ${near}?`;
  return `there is no bridge ${name}; ${hint}`;
}

async function readSettings(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`${file} cannot be read: ${reason}`, { cause });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Never over another file: what it held would be lost, and its mode would stay. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`${file} cannot be written: ${reason}`, { cause });
  }
}
