/**
 * `cache_keys_url`: a JWKS of RSA keys, or a map of kid to certificate (Firebase).
 *
 * @module
 */
import type { HttpAnswer, PluginVersion } from './host.ts';
import { field, isObject, isTruthy, type Json } from './json.ts';
import type { VerifyingKey } from './signature.ts';

export interface KeyList {
  /** By kid, as JSON has it: 1 and "1" are two. */
  readonly keys: ReadonlyMap<Json, VerifyingKey>;
  /** The plugin threw while it read the list: what came after is not there. */
  readonly broken: boolean;
}

const EMPTY: KeyList = { keys: new Map(), broken: false };
const BROKEN: KeyList = { keys: new Map(), broken: true };

export function readKeyList(answer: HttpAnswer, version: PluginVersion): KeyList {
  if (answer.status !== 200 && answer.status !== 204) return EMPTY;
  const list = parse(answer.body);
  if (list === undefined) return BROKEN;

  const keys = new Map<Json, VerifyingKey>();
  for (const [name, value] of Object.entries(list)) {
    if (name === 'keys' && typeof value === 'object' && value !== null && version > '2024-04') {
      if (!addJwks(keys, Array.isArray(value) ? value : [], version)) return { keys, broken: true };
    } else if (typeof value !== 'string') return { keys, broken: true };
    else if (value.startsWith('-----BEGIN CERTIFICATE-----'))
      keys.set(name, { kind: 'certificate', pem: value });
  }
  return { keys, broken: false };
}

function parse(body: string): Record<string, Json> | undefined {
  try {
    const list = JSON.parse(body) as Json;
    return isObject(list) ? (list as Record<string, Json>) : undefined;
  } catch {
    return undefined;
  }
}

/** Looks at `kid`, `n` and `e` alone. False when a key without them stops the plugin (2026-01). */
function addJwks(
  keys: Map<Json, VerifyingKey>,
  jwks: readonly Json[],
  version: PluginVersion,
): boolean {
  for (const jwk of jwks) {
    const kid = field(jwk, 'kid');
    if (!isTruthy(kid)) continue;
    const n = field(jwk, 'n');
    const e = field(jwk, 'e');
    if (typeof n === 'string' && typeof e === 'string') keys.set(kid, { kind: 'jwk', n, e });
    else if (version < '2026-08') return false;
  }
  return true;
}
