/**
 * `npm run demo`: a Roomkey with the world of config/demo.yaml, and a stand-in for each of its
 * Jitsi servers.
 *
 * @module
 */
import { dirname } from 'node:path';
import { parseConfigFile } from '../config/config-file.ts';
import { loadConfig } from '../config/load.ts';
import type { ConfigFile } from '../domain/config-file/schema.ts';
import { buildIntegrationGuide } from '../domain/integration/guide.ts';
import { CLI } from '../operations/actor.ts';
import { applyConfig } from '../operations/apply-config.ts';
import { createIssuerCatalog, type LiveIssuer } from '../operations/issuer-catalog.ts';
import { withNewFoundation } from '../wiring/commands/with-foundation.ts';
import { systemClock } from '../wiring/foundation.ts';
import { serve } from '../wiring/serve.ts';
import { readDockerEnv } from './docker-env.ts';
import { fetchKey } from './inspect.ts';
import { type RunningStandIn, startStandIn } from './jitsi-stand-in.ts';
import type { DemoPerson } from './stand-in-pages.ts';
import { alignColumns, roleTable, TOUR } from './tour.ts';

export interface DemoInput {
  /** Environment variables of the Roomkey it starts. */
  readonly variables: Readonly<Record<string, string>>;
  /** Text of config/demo.yaml, and its path. */
  readonly text: string;
  readonly path: string;
  readonly tell: (line: string) => void;
}

export interface RunningDemo {
  stop(): Promise<void>;
}

/** @throws {Error} when the file cannot be applied, or a port is taken. */
export async function runDemo(input: DemoInput): Promise<RunningDemo> {
  const world = await makeWorld(input);
  const server = await serve(loadConfig(input.variables), () => {});
  const standIns: RunningStandIn[] = [];
  const stop = async () => {
    await Promise.all(standIns.map((each) => each.stop()));
    await server.stop();
  };

  try {
    for (const { live, secret } of world.issuers)
      standIns.push(await playJitsi(live, secret, world));
  } catch (error) {
    await stop();
    throw error;
  }
  for (const line of describe(world)) input.tell(line);
  return { stop };
}

async function makeWorld({ variables, text, path }: DemoInput) {
  const source = parseConfigFile(text, dirname(path));
  const { file, mistakes } = source;
  return withNewFoundation({ variables }, async (ground) => {
    const { stores, publicUrl, clock } = ground;
    const input = { file, mistakes, mode: 'write', prune: false, publicUrl, actor: CLI } as const;
    const result = await applyConfig(ground, input);
    const [wrong] = [...mistakes, ...result.mistakes.map((each) => source.locate(each))];
    if (wrong) throw new Error(`${path}:${wrong.line}:${wrong.column}: ${wrong.message}`);

    const catalog = await createIssuerCatalog(stores);
    const secrets = await stores.issuers.listSecrets();
    const issuers = [...catalog.current().bySlug.values()]
      .filter(({ issuer }) => issuer.serverUrl !== undefined)
      .map((live) => ({ live, secret: secrets.get(live.issuer.id) }));
    const users = await stores.users.list({ after: undefined, limit: 100 });
    return { issuers, users, people: peopleOf(file), publicUrl, now: clock.now() };
  });
}

type World = Awaited<ReturnType<typeof makeWorld>>;

/** A stand-in at the issuer's own `serverUrl`, set up with the lines of its integration page. */
function playJitsi(
  { issuer }: LiveIssuer,
  secret: string | undefined,
  { publicUrl, people }: World,
): Promise<RunningStandIn> {
  const { files } = buildIntegrationGuide(issuer, publicUrl);
  const lines = files.flatMap((file) => file.lines.map(({ text }) => text));
  const setup = readDockerEnv(lines.join('\n'), secret);
  const rooms = TOUR[issuer.slug] ?? [];
  return startStandIn(
    { name: issuer.name, setup, rooms, people },
    Number(new URL(issuer.serverUrl ?? '').port),
    { clock: systemClock, fetchKey },
  );
}

function peopleOf({ users = [] }: ConfigFile): readonly DemoPerson[] {
  return users.flatMap(({ entry: { username, displayName = username, password } }) =>
    password === undefined ? [] : { username, displayName, password },
  );
}

function describe({ issuers, users, people, publicUrl, now }: World): readonly string[] {
  const servers = issuers.map(({ live: { issuer } }) => [
    issuer.name,
    new URL(issuer.serverUrl ?? '').origin,
    `plays a Jitsi server: ${issuer.algorithm}, token in the ${issuer.delivery}`,
  ]);
  const first = servers[0]?.[1] ?? publicUrl.origin;
  return [
    '',
    ...alignColumns([['Roomkey', publicUrl.origin, 'the sign-in and the portal'], ...servers]),
    '',
    'People to be, and their passwords:',
    '',
    ...alignColumns(people.map(({ username, password }) => [`  ${username}`, password])),
    '',
    'What they are in which room: mod moderates, in takes part, – is refused.',
    '',
    ...roleTable(
      issuers.map(({ live }) => live),
      users,
      now,
    ).map((line) => `  ${line}`),
    '',
    `Start at ${first}/lunch and sign in. ada administers Roomkey.`,
  ];
}
