import { setTimeout as wait } from 'node:timers/promises';
import { createDirectory } from '../../directory/create-directory.ts';
import { recordParties } from '../../directory/oidc/recorder.ts';
import { DomainError } from '../../domain/errors.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import type { UpstreamTrial } from '../../domain/upstreams/trial.ts';
import { createOutgoing, sendOutside } from '../../http/outgoing.ts';
import { createIssuerCatalog } from '../../operations/issuer-catalog.ts';
import {
  type TriedUpstream,
  tryUpstream,
  type TryUpstreamDeps,
} from '../../operations/upstreams/try-upstream.ts';
import { english } from '../english.ts';
import { type Answer, type Call, type Command, UsageError } from './command.ts';
import { tellTrial } from './tell-trial.ts';
import { type Ground, withFoundation } from './with-foundation.ts';

const WAIT_SECONDS = 600;
const LOOK_AGAIN_MS = 500;

export const upstreamTest: Command = {
  name: 'upstream test',
  synopsis: 'SLUG [--login NAME [--password]] [--room ROOM [--issuer SLUG]] [--wait SECONDS]',
  summary: 'Tests a directory step by step, up to who somebody is here and where they may enter.',
  details: [
    'Nobody is signed in by it, and nothing is written of a person. Secrets and tokens are masked.',
    'LDAP:  --login names somebody of the directory; --password asks for theirs, and tries it.',
    'OpenID: prints an address; whoever opens it in a browser signs in at the provider for the',
    '       test. The server must be running for that. --wait 0 leaves this half out.',
    '--room   asks for the decision about that room, too.',
    '--json   holds everything that was sent and received; else it is shown of what is wrong.',
  ],
  words: [1, 1],
  options: {
    login: { type: 'string' },
    password: { type: 'boolean' },
    room: { type: 'string' },
    issuer: { type: 'string' },
    wait: { type: 'string' },
  },
  async run(call) {
    const seconds = waitSeconds(call.text('wait'));
    const password = call.isSet('password')
      ? await call.terminal.readSecret('Their password: ')
      : '';
    return withFoundation(call, async (ground) => {
      const deps = await testDeps(ground);
      const [slug = ''] = call.positionals;
      const live = deps.catalog.current().upstreams.get(slug);
      if (!live) throw new DomainError('upstream_not_found', { slug });
      const tried = await tryUpstream(deps, {
        live,
        issuer: call.text('issuer') ?? MAIN_SLUG,
        room: call.text('room') ?? '',
        person: { login: call.text('login') ?? '', password },
        userId: undefined,
      });
      return tell(await awaited(call, { ground, slug, tried, seconds }));
    });
  },
};

function waitSeconds(text: string | undefined): number {
  if (text === undefined) return WAIT_SECONDS;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError('--wait is a number of seconds');
  return Number(text);
}

async function testDeps(ground: Ground): Promise<TryUpstreamDeps> {
  const { clock, config, publicUrl, stores } = ground;
  const { allowLoopback } = config;
  const outgoing = createOutgoing({ publicUrl: () => publicUrl, allowLoopback });
  const transport = { send: sendOutside(outgoing), allowLoopback };
  return {
    ...ground,
    publicUrl: () => publicUrl,
    catalog: await createIssuerCatalog(stores),
    directory: createDirectory({ clock, allowLoopback }),
    recordedParties: () => recordParties(transport, clock),
  };
}

interface Waiting {
  readonly ground: Ground;
  readonly slug: string;
  readonly tried: TriedUpstream;
  readonly seconds: number;
}

/** Both halves, when somebody signs in there in time. */
async function awaited(
  { terminal }: Call,
  { ground: { stores, clock, publicUrl }, slug, tried, seconds }: Waiting,
): Promise<Pick<UpstreamTrial, 'steps' | 'outcome'>> {
  const { id, token } = tried;
  if (id === undefined || token === undefined || seconds === 0) return tried;
  terminal.warn('The provider describes itself well. Open this in a browser, and sign in there:');
  terminal.warn(`  ${publicUrl.origin}/upstream/${slug}/login?test=${token}`);
  const until = clock.now().getTime() + seconds * 1000;
  while (clock.now().getTime() < until) {
    const trial = await stores.upstreamTrials.find(id, clock.now());
    if (trial?.outcome) return trial;
    await wait(LOOK_AGAIN_MS);
  }
  terminal.warn(`Nobody has signed in there within ${seconds} seconds.`);
  return tried;
}

function tell(trial: Pick<UpstreamTrial, 'steps' | 'outcome'>): Answer {
  return tellTrial(trial, english());
}
