import { createDirectory } from '../../directory/create-directory.ts';
import { onOneLine } from '../../domain/one-line.ts';
import { DIRECTORY_FAULTS, isDirectoryFault } from '../../domain/upstreams/ldap/fault.ts';
import type { SyncNote, SyncOutcome, UpstreamSync } from '../../domain/upstreams/sync.ts';
import { BY_CLI } from '../../operations/actor.ts';
import { findUpstream } from '../../operations/upstreams/find-upstream.ts';
import { syncUpstream } from '../../operations/upstreams/sync.ts';
import { type Answer, type Command, Refusal } from './command.ts';
import { type Ground, withFoundation } from './with-foundation.ts';

/** Between two lines of progress. */
const TELL_EVERY = 1000;

export const upstreamSync: Command = {
  name: 'upstream sync',
  synopsis: 'SLUG [--dry-run] [--force]',
  summary: 'Brings everybody up to date with an LDAP directory.',
  details: [
    'Who is new there gets an account when the directory’s rule says so; who changed is changed; who',
    'is gone is shut out, and let in again when they are back.',
    '--dry-run  says what would happen, and changes nothing.',
    '--force    shuts people out even when more than a third of them are gone.',
  ],
  words: [1, 1],
  options: { 'dry-run': { type: 'boolean' }, force: { type: 'boolean' } },
  run(call) {
    const [slug = ''] = call.positionals;
    const { warn } = call.terminal;
    return withFoundation(call, async (ground) => {
      const reached = await findLdap(ground, slug);
      const { clock, config, publicUrl } = ground;
      const directory = createDirectory({ clock, allowLoopback: config.allowLoopback });
      let told = 0;
      const sync = await syncUpstream(
        { ...ground, directory, publicUrl: () => publicUrl },
        {
          ...reached,
          trial: call.isSet('dry-run'),
          force: call.isSet('force'),
          actor: BY_CLI.actor,
          onProgress: ({ seen }) => {
            if (seen < told + TELL_EVERY) return;
            told = seen;
            warn(`${seen} people so far`);
          },
        },
      );
      return report(sync);
    });
  },
};

/** @throws {DomainError} `upstream_not_found`. */
async function findLdap({ stores }: Ground, slug: string) {
  const upstream = await findUpstream({ stores }, slug);
  if (upstream.type !== 'ldap')
    throw new Refusal(`${slug} has no list of its people: it is no LDAP.`);
  const secrets = (await stores.upstreams.listSecrets()).get(upstream.id);
  return { upstream, secrets: secrets ?? { secret: undefined, privateKey: undefined } };
}

const WORDS: Readonly<Record<SyncOutcome, string>> = {
  created: 'added',
  linked: 'linked to accounts that were there',
  changed: 'changed',
  same: 'as they were',
  disabled: 'shut out',
  enabled: 'let in again',
  kept: 'gone and kept',
  not_admitted: 'not taken (by the rule, or disabled there)',
  unusable: 'of no use',
};
const ALWAYS_TOLD: readonly SyncOutcome[] = ['created', 'changed', 'same', 'disabled'];

function report(sync: UpstreamSync): Answer {
  const { state, counts, notes, seen, share, trial, fault } = sync;
  const outcomes = Object.keys(WORDS) as SyncOutcome[];
  const sum = outcomes
    .filter((one) => counts[one] !== undefined || ALWAYS_TOLD.includes(one))
    .map((one) => `${counts[one] ?? 0} ${WORDS[one]}`)
    .join(', ');
  const end = trial ? ': that is what would happen; nothing was changed.' : '.';
  const lines = [...notes.map(tellNote), `${seen} people: ${sum}${end}`, ...tellFault(sync)];
  const json = {
    ok: state === 'done',
    applied: !trial,
    state,
    seen,
    ...counts,
    ...share,
    fault,
    notes,
  };
  return { ok: state === 'done', lines: lines.map(onOneLine), json };
}

function tellNote({ outcome, name, why, about = [] }: SyncNote): string {
  const reason = [why, ...about].filter((part) => part !== undefined).join(' ');
  return `${name}: ${WORDS[outcome]}${reason === '' ? '' : ` (${reason})`}`;
}

function tellFault({ state, fault, message, share }: UpstreamSync): readonly string[] {
  if (state === 'done') return [];
  if (fault === 'too_many_gone' && share)
    return [
      `${share.gone} of ${share.known} people are gone: nobody was shut out. That many usually means a base, a filter or`,
      'a right that is wrong. --force shuts them out.',
    ];
  const cause = isDirectoryFault(fault) ? DIRECTORY_FAULTS[fault] : undefined;
  const said = [fault, message].filter((part) => part !== undefined).join(': ');
  return [`It ended early: ${said}.`, ...(cause === undefined ? [] : [cause])];
}
