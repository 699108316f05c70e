import { asapFile } from '../../crypto/digest.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { FetchFailure, type Outgoing } from '../../http/outgoing.ts';

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
  try {
    const { status, text } = await outgoing.get(address);
    return judge(status, text.trim() === key.publicPem.trim(), address.href);
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    return explain(error, address.href);
  }
}

function explain({ code, message }: FetchFailure, address: string): Failure {
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

function judge(status: number, isOurs: boolean, address: string): Failure | undefined {
  if (status === 200 && isOurs) return undefined;
  if (status === 200) return somebodyElse(address);
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
