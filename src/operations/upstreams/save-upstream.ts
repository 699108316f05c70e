/**
 * An upstream made or changed by hand. It is read, checked and written by the very code that
 * applies a configuration file: what one takes, the other takes.
 *
 * @module
 */
import type { Clock, Random } from '../../domain/clock.ts';
import { readUpstream, toUpstreamIssue } from '../../domain/config-file/read-upstream.ts';
import { fromUpstream } from '../../domain/config-file/upstream-entry.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Expectation } from '../../domain/expectation.ts';
import { faultText } from '../../domain/faults.ts';
import { speaksFor, type Upstream } from '../../domain/upstreams/upstream.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { Author } from '../actor.ts';
import { planUpstreams } from '../apply/upstreams.ts';
import { checkMayManage } from '../people/guard.ts';

export interface SaveUpstreamDeps {
  readonly stores: Pick<Stores, 'transaction' | 'upstreams'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly publicUrl: () => URL;
}

/** By the names of the configuration file; `null` stands for the default. */
export type UpstreamFields = Readonly<Record<string, unknown>>;

export interface SaveUpstreamInput extends Author {
  readonly slug: string;
  readonly fields: UpstreamFields;
  /** As `saveIssuer` has them. Secrets are kept by all, unless they would go elsewhere. */
  readonly how: 'create' | 'replace' | 'change';
  /** Asked of the upstream there is, while nobody else can change it; without one it is not met. */
  readonly expected?: Expectation<Upstream> | undefined;
}

export interface SavedUpstream {
  readonly upstream: Upstream;
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

/**
 * Holds at the next sign-in, in every process.
 *
 * @throws {DomainError} `upstream_not_found`, `slug_taken`, `changed_meanwhile`, `rights_too_high`,
 *   and `input_invalid` with a path of the upstream for each issue: `mapping.username`.
 */
export async function saveUpstream(
  { stores, clock, random, publicUrl }: SaveUpstreamDeps,
  input: SaveUpstreamInput,
): Promise<SavedUpstream> {
  const { slug, actor } = input;
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const before = await tx.upstreams.findBySlug(slug);
    if (input.expected && !(before && input.expected(before)))
      throw new DomainError('changed_meanwhile', undefined);
    const { placed, mistakes } = readOnto(before, input);
    const file = { upstreams: placed ? [placed] : [] };
    const now = clock.now();
    const context = { tx, file, prune: false, publicUrl: publicUrl(), actor, now, random };
    const plan = await planUpstreams(context);
    const all = [...mistakes, ...plan.mistakes];
    if (all.length > 0)
      throw new DomainError('input_invalid', { issues: all.map(toUpstreamIssue) });

    const [step] = plan.steps;
    if (before && step) await checkSpeaker(tx, input, { before, after: step.upstream });
    if (step) {
      await step.write();
      await tx.catalogVersion.bump();
    }
    const upstream = await tx.upstreams.findBySlug(slug);
    if (!upstream) throw new Error(`the upstream ${slug} is not where it was written`);
    if (!step) return { upstream, outcome: 'unchanged' };
    return { upstream, outcome: before ? 'changed' : 'created' };
  });
}

/** Whoever says who signs in could be an administrator: nobody changes that who may do less. */
async function checkSpeaker(
  { identities }: Pick<StoresInTransaction, 'identities'>,
  author: Pick<Author, 'permissions'>,
  { before, after }: { readonly before: Upstream; readonly after: Upstream },
): Promise<void> {
  if (speaksFor(before) === speaksFor(after)) return;
  for (const person of await identities.listManaging(before.id)) checkMayManage(author, person);
}

function readOnto(current: Upstream | undefined, { slug, fields, how }: SaveUpstreamInput) {
  if (how === 'create' && current) throw new DomainError('slug_taken', { slug });
  if (how === 'change' && !current) throw new DomainError('upstream_not_found', { slug });
  const base = how === 'change' && current ? fromUpstream(current) : {};
  const type = fields.type ?? current?.type;
  const merged = Object.entries({ ...base, ...fields, slug, type }).filter(
    ([, value]) => value !== null,
  );
  const reading = readUpstream(Object.fromEntries(merged));
  const fixed = [
    ...(fields.slug === undefined || fields.slug === slug ? [] : ['slug']),
    ...(current && type !== current.type ? ['type'] : []),
  ];
  const mistakes = fixed.map((key) => ({
    path: ['upstreams', 0, key],
    message: faultText('renamed'),
    about: 'value' as const,
  }));
  return mistakes.length > 0 ? { ...reading, mistakes } : reading;
}
