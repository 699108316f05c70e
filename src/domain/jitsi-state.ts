/**
 * The `state` parameter jitsi-meet puts into `tokenAuthUrl`: JSON that says where the person came
 * from (jitsi-meet `authentication/functions.any.ts`).
 *
 * It is the browser's word: a room, a tenant and settings of the meeting, each checked; never an
 * address.
 *
 * @module
 */
import { DomainError } from './errors.ts';
import { type ConfigEntry, configEntries } from './jitsi-config.ts';
import { canonicalTenant } from './tenant.ts';

export const JITSI_APPS = ['ios', 'android', 'electron'] as const;
export type JitsiApp = (typeof JITSI_APPS)[number];

export interface JitsiState {
  /** As in the address bar, percent-encoded or not: for `canonicalRoom`. */
  readonly room: string | undefined;
  readonly roomSafe: string | undefined;
  /** Canonical. */
  readonly tenant: string | undefined;
  readonly config: readonly ConfigEntry[];
  /** The app that opened the system's browser, and to which the token returns. */
  readonly app: JitsiApp | undefined;
}

/** UTF-16 units. */
const MAX_STATE = 8192;

/** @throws {DomainError} `input_invalid`, `tenant_invalid`. */
export function parseJitsiState(raw: string): JitsiState {
  if (raw.length > MAX_STATE) throw invalid(`must be at most ${MAX_STATE} characters`);
  const state = readObject(raw);
  const tenant = readText(state, 'tenant');

  return {
    room: readText(state, 'room'),
    roomSafe: readText(state, 'roomSafe'),
    tenant: tenant === undefined ? undefined : canonicalTenant(tenant),
    config: configEntries(state),
    app: JITSI_APPS.find((app) => state[app] === true),
  };
}

function readObject(raw: string): Readonly<Record<string, unknown>> {
  const value = readJson(raw);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('must be a JSON object');
  }
  return { ...value };
}

function readJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (cause) {
    throw invalid('must be JSON', { cause });
  }
}

function readText(state: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = state[name] ?? '';
  if (typeof value !== 'string') throw invalid(`${name} must be a string`);
  return value === '' ? undefined : value;
}

function invalid(message: string, options?: ErrorOptions): DomainError<'input_invalid'> {
  return new DomainError('input_invalid', { issues: [{ path: 'query.state', message }] }, options);
}
