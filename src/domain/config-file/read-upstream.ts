/**
 * One upstream as a form or a machine gives it: read and checked as an entry of a file would be.
 *
 * @module
 */
import { checkUpstreamEntry } from './check-upstream-entry.ts';
import { type FileMistake, type FilePath, printPath } from './mistake.ts';
import { readConfig } from './read.ts';
import type { Placed } from './schema.ts';
import type { UpstreamEntry } from './upstream-schema.ts';
import type { InputIssue } from '../errors.ts';
import { faultText } from '../faults.ts';

export interface UpstreamReading {
  /** What is right of it, even beside mistakes; nothing when it is no map of fields. */
  readonly placed: Placed<UpstreamEntry> | undefined;
  readonly mistakes: readonly FileMistake[];
}

const AT: FilePath = ['upstreams', 0];

/** @param fields By the names of the configuration file. A file of ours is not theirs to name. */
export function readUpstream(fields: Readonly<Record<string, unknown>>): UpstreamReading {
  const files = Object.keys(fields).filter((key) => key.endsWith('File'));
  const { file, mistakes } = readConfig({ upstreams: [fields] });
  const [placed] = file.upstreams ?? [];
  return {
    placed,
    mistakes: [
      ...files.map((key) => ({
        path: [...AT, key],
        message: faultText('only_in_files'),
        about: 'key' as const,
      })),
      ...mistakes,
      ...(placed ? checkUpstreamEntry(placed) : []),
    ],
  };
}

/** With the path as of the upstream alone: `mapping.username`. */
export function toUpstreamIssue({ path, message, hint, offset }: FileMistake): InputIssue {
  // What is missing is told of the whole entry: "clientId is required", "clientSecret is needed".
  const missing =
    path.length === AT.length ? /^(\w+) is (?:required|needed)$/.exec(message)?.[1] : undefined;
  return { path: missing ?? printPath(path.slice(AT.length)), message, hint, offset };
}
