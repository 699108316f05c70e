/**
 * Where people sign in who are not Roomkey's own: whether it answers, what it is told to put up with
 * at somebody's risk, and how far its people are up to date.
 *
 * @module
 */
import { createDirectory } from '../../directory/create-directory.ts';
import { createProviderFinder } from '../../directory/oidc/provider.ts';
import type { Clock } from '../../domain/clock.ts';
import { isDomainError } from '../../domain/errors.ts';
import { onOneLine } from '../../domain/one-line.ts';
import { codesOfUpstream } from '../../domain/service-warning.ts';
import { type SyncWarning, syncWarning } from '../../domain/upstreams/sync-warning.ts';
import type { LdapUpstream, OidcUpstream } from '../../domain/upstreams/upstream.ts';
import { type Outgoing, sendOutside } from '../../http/outgoing.ts';
import { readDirectoryFacts } from '../../operations/upstreams/directory-facts.ts';
import type { Stores } from '../../stores/index.ts';
import { causeOf } from '../commands/tell-trial.ts';
import { english } from '../english.ts';
import { bad, type Finding, good, worry } from './finding.ts';

const WORRIES = {
  at_hash_unchecked: [
    'at_hash of its ID tokens is not checked: an access token of another sign-in could be put in.',
    'Have the provider mended, then take at_hash_wrong out of its quirks.',
  ],
  ldap_in_clear: [
    'Passwords go to it in the clear.',
    'Let it speak ldaps: or StartTLS, and take security: none away.',
  ],
} as const;

interface Ground {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly outgoing: Outgoing;
  readonly allowLoopback: boolean;
}

export async function examineUpstreams(ground: Ground): Promise<Finding[]> {
  const { stores, clock } = ground;
  const upstreams = (await stores.upstreams.list()).filter(({ disabled }) => !disabled);
  const reached = await Promise.all(
    upstreams.map((one) =>
      one.type === 'ldap' ? examineDirectory(ground, one) : examineProvider(ground, one),
    ),
  );
  const synced = (await readDirectoryFacts(stores, upstreams)).flatMap((facts) => {
    const warning = syncWarning(facts, clock.now());
    // Whether it is down is known by now.
    if (warning === undefined || warning === 'directory_down') return [];
    return [worry(checkOf(facts.upstream), ...SYNC_WORDS[warning](facts.upstream.slug))];
  });
  const risks = upstreams.flatMap((upstream) =>
    codesOfUpstream(upstream).map((code) => {
      const [says, todo] = WORRIES[code];
      return worry(checkOf(upstream), says, todo);
    }),
  );
  return [...reached, ...risks, ...synced];
}

const checkOf = ({ slug }: { readonly slug: string }) => `upstream ${slug}`;

async function examineDirectory(
  { stores, clock, allowLoopback }: Ground,
  upstream: LdapUpstream,
): Promise<Finding> {
  const secrets = (await stores.upstreams.listSecrets()).get(upstream.id);
  const reached = { upstream, secrets: secrets ?? { secret: undefined, privateKey: undefined } };
  const { steps } = await createDirectory({ clock, allowLoopback }).check(reached, {});
  const wrong = steps.find(({ fault }) => fault !== undefined);
  const check = checkOf(upstream);
  if (!wrong) return good(check, `It answers: ${upstream.urls.join(', ')}`);
  const says = onOneLine(`${wrong.server}: ${wrong.step}: ${wrong.fault} ${wrong.received}`);
  const todo = `${causeOf(wrong, english().text)} See: roomkey upstream test ${upstream.slug}`;
  // Who cannot reach one server asks the next.
  const isServed = steps.some(({ step, fault }) => step === 'bind' && fault === undefined);
  return isServed ? worry(check, says, todo) : bad(check, says, todo);
}

async function examineProvider(
  { outgoing, allowLoopback, clock }: Ground,
  upstream: OidcUpstream,
): Promise<Finding> {
  const check = checkOf(upstream);
  const transport = { send: sendOutside(outgoing), allowLoopback };
  try {
    await createProviderFinder(transport, clock).find(upstream);
    return good(check, `It describes itself well: ${upstream.issuerUrl}`);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const { details } = error;
    const fault = details && 'fault' in details ? details.fault : error.code;
    const detail = details && 'detail' in details ? details.detail : '';
    const todo = `${causeOf({ step: 'discovery', fault }, english().text)} See: roomkey upstream test ${upstream.slug}`;
    return bad(check, onOneLine(`${upstream.issuerUrl}: ${fault} ${detail}`), todo);
  }
}

type Words = readonly [says: string, todo: string];
const SYNC_WORDS: Readonly<
  Record<Exclude<SyncWarning, 'directory_down'>, (slug: string) => Words>
> = {
  sync_failed: (slug) => [
    'People could not be brought up to date with it the last time.',
    `Its page says why; then: roomkey upstream sync ${slug}`,
  ],
  sync_refused: (slug) => [
    'Too many of its people were gone the last time: nobody was shut out.',
    `Look who would be: roomkey upstream sync ${slug} --dry-run. If they have left: --force.`,
  ],
  sync_old: (slug) => [
    'People were not brought up to date with it for twice as long as its schedule says.',
    `Look whether the server runs, and at its log; or: roomkey upstream sync ${slug}`,
  ],
};
