/**
 * What Prosody would say of a token, with the key fetched where Prosody would fetch it.
 *
 * @module
 */
import { prosodyCrypto } from '../crypto/prosody-signatures.ts';
import type { Clock } from '../domain/clock.ts';
import type { HttpAnswer, KeyMaterial } from '../domain/prosody/host.ts';
import { field, type Json } from '../domain/prosody/json.ts';
import { headerOf, takeApart } from '../domain/prosody/token-parts.ts';
import { type ProsodyVerdict, verifyAsProsody } from '../domain/prosody/verify.ts';
import type { JitsiSetup } from './docker-env.ts';
import type { Visit } from './visit.ts';

export interface Inspection {
  /** Absent: the token cannot be read. */
  readonly header: Json | undefined;
  readonly claims: Json | undefined;
  readonly verdict: ProsodyVerdict;
  /** Where the key came from. */
  readonly keyAddress: string | undefined;
  readonly now: Date;
}

export interface InspectDeps {
  readonly clock: Clock;
  readonly fetchKey: (address: string) => Promise<HttpAnswer>;
}

export async function inspect(
  { setup, visit, token }: { setup: JitsiSetup; visit: Visit; token: string },
  { clock, fetchKey }: InspectDeps,
): Promise<Inspection> {
  const { keys, keyAddress } = await findKeys(setup, token, fetchKey);
  const parts = takeApart(token);
  const now = clock.now();
  const join = { room: visit.roomSafe, ...(visit.tenant && { tenant: visit.tenant }) };
  return {
    header: parts.readable ? parts.header : undefined,
    claims: parts.readable ? parts.payload : undefined,
    verdict: verifyAsProsody({
      token,
      host: { ...setup.prosody, keys },
      join,
      now,
      crypto: prosodyCrypto,
    }),
    keyAddress,
    now,
  };
}

interface Keys {
  readonly keys: KeyMaterial;
  readonly keyAddress: string | undefined;
}

async function findKeys(
  { keys }: JitsiSetup,
  token: string,
  fetchKey: InspectDeps['fetchKey'],
): Promise<Keys> {
  if (keys.kind === 'secret') return { keys, keyAddress: undefined };
  const kid = field(headerOf(token), 'kid');
  const nothing = { status: 404, body: '' };
  if (typeof kid !== 'string')
    return { keys: { kind: 'asap', asapKeyServer: () => nothing }, keyAddress: undefined };

  const wanted = `${prosodyCrypto.sha256Hex(kid)}.pem`;
  const keyAddress = `${keys.asapKeyServer}/${wanted}`;
  const answer = await fetchKey(keyAddress);
  const asapKeyServer = (file: string) => (file === wanted ? answer : nothing);
  return { keys: { kind: 'asap', asapKeyServer }, keyAddress };
}

const TIMEOUT_MS = 5000;
/** No HTTP status: nobody answered. */
const NO_ANSWER = 0;

/** Follows no redirect, as Prosody does not. */
export async function fetchKey(address: string): Promise<HttpAnswer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(address, { redirect: 'manual', signal });
    return { status: answer.status, body: await answer.text() };
  } catch {
    return { status: NO_ANSWER, body: '' };
  }
}
