/**
 * The environment of the bridge that stood here before: whoever swaps the image and keeps the
 * environment of jitsi-openid, or of go-openid, has a Roomkey that serves the same.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { BRIDGES } from '../domain/bridges/index.ts';
import type { BridgeNote, BridgeReading } from '../domain/bridges/reading.ts';
import type { ConfigFile } from '../domain/config-file/schema.ts';
import { inBridgeWords, writeBridgeConfig } from './bridge-text.ts';
import { parseConfigFile } from './config-file.ts';

export interface BridgeEnvironment {
  readonly name: 'jitsi-openid' | 'go-openid';
  /** What is to be served, with its secrets. */
  readonly file: ConfigFile;
  readonly notes: readonly BridgeNote[];
  readonly origins: BridgeReading['origins'];
  /** All its settings say of that, secrets too: to be compared, never shown. */
  readonly essence: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What the bridge's settings say of the process, by our names. */
interface Standing {
  readonly variables: Variables;
  /** Our name → the bridge's. */
  readonly names: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
  readonly bridge: BridgeEnvironment | undefined;
}

/** Of all they have, Jitsi itself uses none of these; two of them are no accident. */
const SIGNS = [['JITSI_SECRET', 'JITSI_SECRET_FILE'], ['JITSI_URL'], ['JITSI_SUB']];
/** What jitsi-openid never had. */
const SIGNS_OF_GO = ['NAME_KEY', 'PREJOIN', 'DEEPLINK', 'LOBBY_BYPASS_KEY'];
/** Where it ran says nothing of what is served. */
const ABOUT_THE_PROCESS = new Set(['BASE_URL', 'LISTEN_ADDR']);

/** `undefined` when no bridge's environment is there. */
export function readBridgeEnvironment(variables: Variables): Standing | undefined {
  const isSet = (name: string) => (variables[name] ?? '').trim() !== '';
  if (SIGNS.filter((names) => names.some(isSet)).length < 2) return undefined;

  const name = SIGNS_OF_GO.some(isSet) ? 'go-openid' : 'jitsi-openid';
  const bridge = BRIDGES[name];
  const values = Object.fromEntries(
    bridge.settings.flatMap((setting) => (isSet(setting) ? [[setting, variables[setting]]] : [])),
  ) as Readonly<Record<string, string>>;
  const files = new Map<string, string>();
  const reading = bridge.read({ values, readFile: (path) => readInto(files, path) });

  const { publicUrl = '', listen, origins, notes } = reading;
  const own = {
    ...(publicUrl === '' ? {} : { PUBLIC_URL: publicUrl }),
    ...(listen ? { HOST: listen.host, PORT: String(listen.port) } : {}),
  };
  const taken = Object.entries(own).filter(([ours]) => !isSet(ours) && !isSet(`${ours}_FILE`));
  const problems = reading.mistakes.map(({ setting, message }) => `${setting} ${message}`);
  const standing = {
    variables: { ...variables, ...Object.fromEntries(taken) },
    names: { PUBLIC_URL: 'BASE_URL', HOST: 'LISTEN_ADDR', PORT: 'LISTEN_ADDR' },
  };
  const { config } = reading;
  if (!config) return { ...standing, problems, bridge: undefined };

  const text = writeBridgeConfig(config, { from: name, secrets: 'shown' });
  const { file, mistakes } = parseConfigFile(text, '.');
  const wrong = inBridgeWords(mistakes, origins);
  const said = Object.entries(values).filter(([setting]) => !ABOUT_THE_PROCESS.has(setting));
  const essence = JSON.stringify([name, said.sort(byName), [...files].sort(byName)]);
  return {
    ...standing,
    problems: [...problems, ...wrong],
    bridge: { name, file, notes, origins, essence },
  };
}

function readInto(files: Map<string, string>, path: string): string | undefined {
  try {
    const content = readFileSync(path, 'utf8').trim();
    files.set(path, content);
    return content;
  } catch {
    // The check of the configuration says why.
    return undefined;
  }
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}
