import { DIRECTORY_FAULTS } from '../../../src/domain/upstreams/ldap/fault.ts';
import {
  SYNC_FAULTS,
  SYNC_OUTCOMES,
  SYNC_REASONS,
  SYNC_STATES,
  type UpstreamSync,
} from '../../../src/domain/upstreams/sync.ts';
import type {
  SyncCard,
  UpstreamSyncPages,
} from '../../../src/http/page-contexts/upstream-syncs.ts';
import { showSync } from '../../../src/http/show-sync.ts';
import { NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

const ID = '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10';
const finishedAt = new Date(NOW.getTime() + 90_000);

function syncWith(text: string): UpstreamSync {
  return {
    id: ID,
    upstreamId: ID,
    trial: false,
    force: false,
    actor: { actorName: text },
    state: 'done',
    seen: 12_345,
    counts: Object.fromEntries(SYNC_OUTCOMES.map((outcome, nth) => [outcome, 1000 + nth])),
    notes: SYNC_OUTCOMES.flatMap((outcome, nth) => [
      { outcome, name: text, why: SYNC_REASONS[nth], about: ['displayName', text] },
      { outcome, name: text },
      { outcome, name: text, why: text },
    ]),
    share: { gone: 40, known: 100 },
    fault: undefined,
    message: undefined,
    startedAt: NOW,
    finishedAt,
  };
}

export function syncCardSample(text: string): SyncCard {
  const sync = syncWith(text);
  const last = showSync(sync);
  return {
    minutes: 60,
    listed: true,
    underWay: undefined,
    last,
    failures: last.outcomes.find(({ outcome }) => outcome === 'unusable')?.notes ?? [],
    history: SYNC_STATES.flatMap((state) =>
      [true, false].map((trial) => showSync({ ...sync, state, trial })),
    ),
    now: finishedAt,
  };
}

/** In the other states it may be in. */
export function syncCards(text: string): readonly SyncCard[] {
  const card = syncCardSample(text);
  const sync = syncWith(text);
  const system = { actor: { actorName: 'system' } };
  const running = { ...sync, ...system, state: 'running', finishedAt: undefined } as const;
  const refused = { ...sync, ...system, state: 'refused', fault: 'too_many_gone' } as const;
  const never = { last: undefined, failures: [], history: [], minutes: undefined };
  return [
    { ...card, underWay: showSync(running), last: showSync(refused) },
    { ...card, ...never },
    { ...card, ...never, listed: false },
  ];
}

/** With `text` wherever somebody else's text can stand. */
export function upstreamSyncSamples(text: string): SamplesOf<UpstreamSyncPages> {
  const sync = syncWith(text);
  const page = {
    current: { slug: 'company', name: text, type: 'ldap', disabled: false },
    newest: true,
    mayWrite: true,
    machine: { curl: text, yaml: undefined },
    now: finishedAt,
  } as const;
  const nothing = { counts: {}, notes: [], share: undefined };
  const runs: readonly UpstreamSync[] = [
    sync,
    { ...sync, trial: true },
    { ...sync, state: 'refused', fault: 'too_many_gone' },
    { ...sync, state: 'failed', fault: 'unreachable', message: text },
    { ...sync, state: 'running', finishedAt: undefined, share: undefined },
    { ...sync, ...nothing, state: 'wanted', seen: 0, finishedAt: undefined },
    { ...sync, trial: true, state: 'refused', fault: 'too_many_gone' },
    ...SYNC_FAULTS.map((fault) => ({ ...sync, ...nothing, state: 'failed' as const, fault })),
    ...Object.keys(DIRECTORY_FAULTS).map((fault) => {
      return { ...sync, ...nothing, state: 'failed' as const, fault, message: text };
    }),
  ];
  return {
    'admin-upstream-sync': [
      ...runs.map((run) => ({ ...page, sync: showSync(run) })),
      { ...page, newest: false, mayWrite: false, sync: showSync(sync) },
    ],
  };
}
