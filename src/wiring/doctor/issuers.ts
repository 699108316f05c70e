/**
 * What each issuer needs: rules that compile, keys that sign, and an address where Prosody gets
 * them.
 *
 * @module
 */
import { type Issuer, isHs } from '../../domain/issuer.ts';
import { compileIssuer } from '../../domain/rules/check-issuer.ts';
import type { Outgoing } from '../../http/outgoing.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { Stores } from '../../stores/index.ts';
import { fetchKeyAsProsody } from './fetch-key.ts';
import { bad, type Finding, good, worry } from './finding.ts';

interface Address {
  readonly publicUrl: URL;
  readonly outgoing: Outgoing;
}

export async function examineIssuers(stores: Stores, address: Address): Promise<Finding[]> {
  const issuers = await stores.issuers.list();
  if (issuers.length === 0)
    return [
      worry(
        'issuers',
        'No Jitsi server is served yet.',
        'Finish the setup, or: roomkey apply FILE',
      ),
    ];
  const served = await stores.signingKeys.listServed();
  const findings: Finding[] = [];
  for (const issuer of issuers) {
    const keys = served.filter(({ issuerId, ring }) => issuerId === issuer.id && ring === 'jitsi');
    findings.push(
      ...examineRules(issuer),
      ...examineSecret(issuer),
      ...examineIss(issuer, address.publicUrl),
      ...examineTenants(issuer),
    );
    if (!isHs(issuer.algorithm)) findings.push(...(await examineKeys(issuer, keys, address)));
  }
  return findings;
}

function examineRules(issuer: Issuer): Finding[] {
  const check = `issuer ${issuer.slug}`;
  const compilation = compileIssuer(issuer);
  if (!compilation.ok)
    return compilation.errors.map(({ path, message }) =>
      bad(check, `${path}: ${message}`, 'Correct the rule; until then nobody gets a token.'),
    );
  if (issuer.serverUrl === undefined)
    return [
      worry(check, 'It has no serverUrl: nobody can be sent to a meeting.', 'Set its serverUrl.'),
    ];
  return [good(check, `Its rules compile; people go to ${issuer.serverUrl}`)];
}

function examineSecret({ slug, weakSecret, algorithm }: Issuer): Finding[] {
  if (!weakSecret) return [];
  const says = `Its secret is shorter than ${algorithm} asks for, and can be guessed.`;
  return [worry(`issuer ${slug}`, says, 'Replace it here and in Prosody: openssl rand -hex 32')];
}

/** Without it nobody can tell the tenant from the domain: both are a token's `sub`. */
function examineTenants({ slug, sub, xmppDomain }: Issuer): Finding[] {
  if (sub !== 'tenant' || xmppDomain !== undefined) return [];
  const says = 'It has sub: tenant and no xmppDomain: a tenant could be called as the domain is.';
  return [worry(`issuer ${slug}`, says, 'Set xmppDomain; in docker-jitsi-meet it is meet.jitsi.')];
}

/** Kept from its creation: after a move to another address it may be what was meant, or not. */
function examineIss({ slug, iss }: Issuer, { origin }: URL): Finding[] {
  const address = URL.parse(iss);
  if (!address?.protocol.startsWith('http') || address.origin === origin) return [];
  const says = `Its iss is ${iss}, and people reach Roomkey at ${origin}.`;
  const todo = 'Fine if Prosody accepts that iss; else set iss and write it there, too.';
  return [worry(`issuer ${slug}`, says, todo)];
}

async function examineKeys(
  { slug }: Issuer,
  keys: readonly SigningKey[],
  address: Address,
): Promise<Finding[]> {
  const check = `keys of ${slug}`;
  const missing = (['active', 'next'] as const).filter(
    (wanted) => !keys.some(({ stage }) => stage === wanted),
  );
  if (missing.length > 0)
    return [
      bad(check, `There is no ${missing.join(' and no ')} key.`, 'Change it with: roomkey apply'),
    ];

  const fetched = await Promise.all(
    keys.map((key) => fetchKeyAsProsody({ slug, key, ...address })),
  );
  const failures = fetched.filter((finding) => finding !== undefined);
  // All keys come from one address: one failure tells it all.
  const [failure] = failures;
  if (failure) return [bad(check, failure.says, failure.todo)];
  return [good(check, `Prosody can fetch all ${keys.length} from ${address.publicUrl.origin}.`)];
}
