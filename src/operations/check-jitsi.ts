/**
 * Looks at a Jitsi server from outside, as a browser would, and at our own keys, as its Prosody
 * would. Nothing is changed, and no script is run.
 *
 * @module
 */
import { asapFile } from '../crypto/digest.ts';
import type { FetchOutside } from '../domain/fetched.ts';
import { factsOf } from '../domain/integration/facts.ts';
import { usualChoice } from '../domain/integration/guide.ts';
import { type Issuer, isHs } from '../domain/issuer.ts';
import { readConfigJs } from '../domain/jitsi-check/config-js.ts';
import { finding, type JitsiFinding } from '../domain/jitsi-check/finding.ts';
import { judgeConfig } from '../domain/jitsi-check/judge-config.ts';
import { judgeKey, judgeKeyList, reasonOf } from '../domain/jitsi-check/judge-keys.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { StoresInTransaction } from '../stores/index.ts';

export interface CheckJitsiDeps {
  readonly stores: Pick<StoresInTransaction, 'signingKeys'>;
  readonly fetchOutside: FetchOutside;
}

export interface JitsiReport {
  /** Of `config.js`; absent without a `serverUrl`. */
  readonly address: string | undefined;
  readonly findings: readonly JitsiFinding[];
}

export async function checkJitsi(
  { stores, fetchOutside }: CheckJitsiDeps,
  { issuer, publicUrl }: { issuer: Issuer; publicUrl: URL },
): Promise<JitsiReport> {
  const address =
    issuer.serverUrl === undefined ? undefined : new URL('config.js', issuer.serverUrl);
  const [client, keys] = await Promise.all([
    address ? lookAtClient(fetchOutside, address, { issuer, publicUrl }) : [finding('no_server')],
    isHs(issuer.algorithm)
      ? []
      : lookAtKeys(fetchOutside, await servedKeys(stores, issuer), { issuer, publicUrl }),
  ]);
  return { address: address?.href, findings: [...client, ...keys] };
}

interface Subject {
  readonly issuer: Issuer;
  readonly publicUrl: URL;
}

async function lookAtClient(
  fetchOutside: FetchOutside,
  address: URL,
  { issuer, publicUrl }: Subject,
): Promise<JitsiFinding[]> {
  const values = { address: address.href };
  const outcome = await fetchOutside(address);
  if (outcome.kind === 'failure')
    return [finding('config_js_failed', { ...values, reason: reasonOf(outcome) }, ['serverUrl'])];
  if (outcome.status !== 200)
    return [
      finding('config_js_status', { ...values, reason: String(outcome.status) }, ['serverUrl']),
    ];
  const settings = readConfigJs(outcome.text);
  if (settings.size === 0) return [finding('config_js_empty', values, ['serverUrl'])];
  return judgeConfig(settings, issuer, publicUrl);
}

async function lookAtKeys(
  fetchOutside: FetchOutside,
  keys: readonly SigningKey[],
  { issuer, publicUrl }: Subject,
): Promise<JitsiFinding[]> {
  if (keys.length === 0) return [finding('no_keys')];
  const { addresses } = factsOf(issuer, publicUrl, usualChoice(issuer));
  const each = keys.map(async (key) => {
    const address = new URL(`${addresses.asap}/${asapFile(key.kid)}`);
    return judgeKey(key, address, await fetchOutside(address));
  });
  const list = new URL(addresses.jwks);
  return Promise.all([
    ...each,
    fetchOutside(list).then((outcome) => judgeKeyList(keys, list, outcome)),
  ]);
}

async function servedKeys(
  { signingKeys }: CheckJitsiDeps['stores'],
  { id }: Issuer,
): Promise<SigningKey[]> {
  const served = await signingKeys.listServed();
  return served.filter(({ issuerId, ring }) => issuerId === id && ring === 'jitsi');
}
