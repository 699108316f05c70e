import { asapFile } from '../../crypto/digest.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';

const TIMEOUT_MS = 5000;

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
}): Promise<Failure | undefined> {
  const { slug, key, publicUrl } = input;
  const path = slug === MAIN_SLUG ? '/jitsi/asap' : `/jitsi/${slug}/asap`;
  const address = new URL(`${path}/${asapFile(key.kid)}`, publicUrl).href;
  try {
    const answer = await fetch(address, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = answer.status === 200 ? await answer.text() : '';
    return judge(answer.status, body.trim() === key.publicPem.trim(), address);
  } catch (error) {
    return {
      says: `${address} does not answer: ${causeOf(error)}.`,
      todo: 'Start Roomkey (roomkey serve), and look at PUBLIC_URL, DNS, the proxy and its certificate: Prosody fetches this very address.',
    };
  }
}

function judge(status: number, isOurs: boolean, address: string): Failure | undefined {
  if (status === 200 && isOurs) return undefined;
  if (status === 200)
    return {
      says: `${address} answers with something else than this key.`,
      todo: 'Another service, or a Roomkey with another database, answers there: look at PUBLIC_URL and the proxy.',
    };
  if (status >= 300 && status < 400)
    return {
      says: `${address} redirects (${status}), and Prosody follows no redirect.`,
      todo: 'Set PUBLIC_URL to the address that answers by itself, https included.',
    };
  return {
    says: `${address} answers ${status} instead of the key.`,
    todo: 'Look whether the proxy passes /jitsi/ on to this Roomkey, and whether PUBLIC_URL is its address.',
  };
}

/** fetch hides why behind "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
