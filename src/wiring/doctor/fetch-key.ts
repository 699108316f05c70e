import { asapFile } from '../../crypto/digest.ts';
import type { FetchOutcome } from '../../domain/fetched.ts';
import { judgeKey } from '../../domain/jitsi-check/judge-keys.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { fetchOutside, type Outgoing } from '../../http/outgoing.ts';

export interface Failure {
  readonly says: string;
  readonly todo: string;
}

/**
 * Asks for a key where Prosody would, and as it would: no redirect is followed, only 200 counts.
 *
 * @returns what went wrong; nothing when the key came.
 */
export async function fetchKeyAsProsody(input: {
  readonly slug: string;
  readonly key: SigningKey;
  readonly publicUrl: URL;
  readonly outgoing: Outgoing;
}): Promise<Failure | undefined> {
  const { slug, key, publicUrl, outgoing } = input;
  const path = slug === MAIN_SLUG ? '/jitsi/asap' : `/jitsi/${slug}/asap`;
  const address = new URL(`${path}/${asapFile(key.kid)}`, publicUrl);
  const outcome = await fetchOutside(outgoing)(address);
  const { code } = judgeKey(key, address, outcome);
  if (code === 'key_right') return undefined;
  if (outcome.kind === 'failure') return explain(outcome, address.href);
  return code === 'key_status'
    ? wrongStatus(outcome.status, address.href)
    : somebodyElse(address.href);
}

type FetchProblem = Extract<FetchOutcome, { kind: 'failure' }>;

function explain({ code, message }: FetchProblem, address: string): Failure {
  if (code === 'redirected')
    return {
      says: `${address} ${message}, and Prosody follows no redirect.`,
      todo: 'Set PUBLIC_URL to the address that answers by itself, https included.',
    };
  if (code === 'too_large') return somebodyElse(address);
  if (code === 'address_refused')
    return {
      says: `${address} was not asked: ${message}.`,
      todo: 'Look at PUBLIC_URL, and at what its name resolves to on this machine.',
    };
  return {
    says: `${address} does not answer: ${message}.`,
    todo: 'Start Roomkey (roomkey serve), and look at PUBLIC_URL, DNS, the proxy and its certificate: Prosody fetches this very address.',
  };
}

function wrongStatus(status: number, address: string): Failure {
  return {
    says: `${address} answers ${status} instead of the key.`,
    todo: 'Look whether the proxy passes /jitsi/ on to this Roomkey, and whether PUBLIC_URL is its address.',
  };
}

function somebodyElse(address: string): Failure {
  return {
    says: `${address} answers with something else than this key.`,
    todo: 'Another service, or a Roomkey with another database, answers there: look at PUBLIC_URL and the proxy.',
  };
}
