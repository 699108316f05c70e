/**
 * The `upstreams` section. An upstream becomes what the file says; its secrets are kept, unless it
 * shall send them somewhere else.
 *
 * @module
 */
import { diffOf } from '../../domain/audit-diff.ts';
import { type Change, compareFields, MASK } from '../../domain/config-file/change.ts';
import {
  checkUpstreamNeighbours,
  checkUpstreamSecrets,
} from '../../domain/config-file/check-upstream-entry.ts';
import type { FileMistake } from '../../domain/config-file/mistake.ts';
import {
  describeUpstream,
  fromUpstream,
  neededSecrets,
  secretsOf,
  toUpstream,
} from '../../domain/config-file/upstream-entry.ts';
import { keepsPictures } from '../../domain/upstreams/owned-fields.ts';
import {
  sendsSecretsTo,
  type Upstream,
  type UpstreamSecrets,
} from '../../domain/upstreams/upstream.ts';
import { moveToBin } from '../bin.ts';
import { changedValues, type Plan, type PlanContext, type Step, writeDown } from './plan.ts';

export interface UpstreamStep extends Step {
  /** As it will be; as it was, when it is removed. */
  readonly upstream: Upstream;
}

export interface UpstreamsPlan extends Plan {
  readonly steps: readonly UpstreamStep[];
}

const KINDS = ['secret', 'privateKey'] as const;

export async function planUpstreams(context: PlanContext): Promise<UpstreamsPlan> {
  const { tx, file, prune, random, now } = context;
  if (!file.upstreams) return { steps: [], mistakes: [] };
  const existing = new Map((await tx.upstreams.list()).map((one) => [one.slug, one]));
  const stored = await tx.upstreams.listSecrets();
  const mistakes: FileMistake[] = [];
  const steps: UpstreamStep[] = [];

  for (const placed of file.upstreams) {
    const { entry } = placed;
    const current = existing.get(entry.slug);
    const kept = current ?? { id: random.uuid(), createdAt: now };
    const upstream = toUpstream(entry, { id: kept.id, createdAt: kept.createdAt });
    const former: Partial<UpstreamSecrets> = (current && stored.get(current.id)) ?? {};
    const known: Partial<UpstreamSecrets> = keepsSecrets(current, upstream) ? former : {};
    const others = [...existing.values()].filter(({ slug }) => slug !== entry.slug);
    mistakes.push(
      ...checkUpstreamSecrets(placed, known, former),
      ...checkUpstreamNeighbours(placed, prune ? [] : others),
    );
    const step = planUpstream(context, current, {
      upstream,
      secrets: freshSecrets(secretsOf(entry), known),
    });
    if (step) steps.push(step);
  }

  const named = new Set(file.upstreams.map(({ entry }) => entry.slug));
  const gone = prune ? [...existing.values()].filter(({ slug }) => !named.has(slug)) : [];
  return { steps: [...steps, ...gone.map((one) => removeUpstream(context, one))], mistakes };
}

/** Its secrets go on being good: not for another address, where somebody else may listen. */
function keepsSecrets(current: Upstream | undefined, upstream: Upstream): boolean {
  return current !== undefined && sendsSecretsTo(current) === sendsSecretsTo(upstream);
}

function freshSecrets(given: UpstreamSecrets, known: Partial<UpstreamSecrets>): UpstreamSecrets {
  const fresh = (kind: (typeof KINDS)[number]) =>
    given[kind] === known[kind] ? undefined : given[kind];
  return { secret: fresh('secret'), privateKey: fresh('privateKey') };
}

function planUpstream(
  context: PlanContext,
  current: Upstream | undefined,
  { upstream, secrets }: { readonly upstream: Upstream; readonly secrets: UpstreamSecrets },
): UpstreamStep | undefined {
  const fields = current
    ? compareFields(describeUpstream(current), describeUpstream(upstream))
    : compareFields({}, { ...fromUpstream(upstream), slug: undefined });
  for (const kind of KINDS)
    if (secrets[kind] !== undefined)
      fields.push({ field: kind, before: current ? MASK : undefined, after: MASK });
  if (current && fields.length === 0) return undefined;

  const kind = current ? 'changed' : 'created';
  const change: Change = { kind, what: 'upstream', name: upstream.slug, fields };
  const write = async () => {
    const { tx, now } = context;
    if (current) await tx.upstreams.update(upstream, secrets, now);
    else await tx.upstreams.add(upstream, secrets, now);
    if (!keepsPictures(upstream)) await tx.avatars.removeAll(upstream.id);
    const needed = neededSecrets(upstream);
    await tx.upstreams.forget(
      upstream.id,
      KINDS.filter((one) => !needed.includes(one)),
    );
    await writeDown(context, current ? 'upstream.updated' : 'upstream.created', {
      ...targetOf(upstream),
      details: changedValues(change),
    });
  };
  return { change, upstream, write };
}

function removeUpstream(context: PlanContext, upstream: Upstream): UpstreamStep {
  return {
    upstream,
    change: { kind: 'removed', what: 'upstream', name: upstream.slug, fields: [] },
    async write() {
      const { id: objectId, slug: name } = upstream;
      await context.tx.avatars.removeAll(objectId);
      await moveToBin(context, { kind: 'upstream', objectId, name });
      const details = { ...diffOf(describeUpstream(upstream), undefined) };
      await writeDown(context, 'upstream.removed', { ...targetOf(upstream), details });
    },
  };
}

const targetOf = ({ id, slug }: Upstream) => ({ targetId: id, targetName: slug });
