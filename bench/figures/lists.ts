/**
 * Every page with a list, a search or a plot, where there is much to look through.
 *
 * @module
 */
import { spread } from '../compare.ts';
import { type Figure, limitFigure } from '../figure.ts';
import type { Ground, Pace } from '../ground.ts';
import type { Load } from '../load/load.ts';
import { LONG_LISTS, makeLongLists } from '../long-lists.ts';
import { getRequest } from '../requests.ts';
import { type RunningRoomkey, startRoomkey } from '../roomkey.ts';

/** Words that everybody has, some, one, and nobody; what is typed first of any word, or of several. */
const WORDS =
  'crowd ada a 1 ada+smith rossi4242 4242 nobodyhasthis a+b+c 1+2+3 e+n+c a+m+x a+b+c+d+e+f a+c+e+n+1+2+3+4+5+6'.split(
    ' ',
  );

const PAGES: Readonly<Record<string, readonly string[]>> = {
  users: [
    '/admin/users',
    ...WORDS.map((word) => `/admin/users?q=${word}`),
    ...['name', 'created', 'last_sign_in'].map((sort) => `/admin/users?sort=${sort}`),
    ...['status=disabled', 'group=staff', 'q=ada&group=staff'].map((q) => `/admin/users?${q}`),
  ],
  groups: ['/admin/groups', '/admin/groups?q=team', '/admin/groups?q=4'],
  issuers: ['/admin/issuers', '/admin/issuers?q=main'],
  bin: ['/admin/bin'],
  'API keys': ['/admin/api-keys'],
  'audit log': [
    '/admin/audit',
    ...WORDS.map((word) => `/admin/audit?q=${word}`),
    ...[
      'type=token',
      'type=user',
      'type=user.updated',
      'type=bin.restored',
      'type=token.issued&reason=password_wrong',
      'q=ada+class',
      'q=10.93.',
      'q=ada&type=user',
      'issuer=main',
      'issuer=main&room=board-17',
      'actor=ada.smith57',
      'target=issuer',
      'ip=10.31.17.13',
      'reason=use_rule_false',
      'order=oldest',
      'order=oldest&q=rossi4242',
    ].map((query) => `/admin/audit?${query}`),
    `/admin/audit?from=${daysAgo(61)}&to=${daysAgo(60)}`,
    `/admin/audit?from=${daysAgo(61)}&to=${daysAgo(60)}&q=ada`,
    `/admin/audit?to=${daysAgo(30)}&type=user.updated`,
  ],
  stops: ['/admin/stops', '/admin/stops/new?issuer=main', '/admin/stops/new?user=person-0'],
  dashboard: ['/admin', '/admin?period=month'],
};

const LIMIT_MS = 100;

export async function listFigures({ load, pace, postgresUrl }: Ground): Promise<Figure[]> {
  const world = await makeLongLists(postgresUrl);
  const roomkey = await startRoomkey(world.settings);
  const cookie = world.people[0]?.cookie ?? '';
  const figures: Figure[] = [];
  for (const [name, addresses] of Object.entries(PAGES)) {
    const pages = [...addresses, ...(await secondPage(roomkey, addresses, cookie))];
    const slowest = await findSlowest(load, { port: roomkey.port, pages, cookie, pace });
    figures.push(describe(name, slowest));
  }
  await roomkey.stop();
  return figures;
}

/** What follows the first page. */
async function secondPage(
  { port }: RunningRoomkey,
  [first = '']: readonly string[],
  Cookie: string,
): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}${first}`, { headers: { Cookie } });
  const next = /href="([^"]*)" rel="next"/.exec(await answer.text())?.[1];
  return next === undefined ? [] : [next.replaceAll('&amp;', '&')];
}

interface Timed {
  readonly page: string;
  /** p95 of each round, in milliseconds. */
  readonly rounds: readonly number[];
}

interface Walk {
  readonly port: number;
  readonly pages: readonly string[];
  readonly cookie: string;
  readonly pace: Pace;
}

async function findSlowest(load: Load, { port, pages, cookie, pace }: Walk): Promise<Timed> {
  const timed: Timed[] = [];
  for (const page of pages) {
    const requests = [getRequest(page, { Cookie: cookie })];
    const rounds: number[] = [];
    for (let round = 0; round < pace.rounds; round++) {
      const plan = { port, requests, connections: 1, status: 200, seconds: pace.seconds / 3 };
      rounds.push((await load.run(plan)).latency.p95);
    }
    timed.push({ page, rounds });
  }
  const median = ({ rounds }: Timed) => spread(rounds).median;
  const [slowest] = timed.toSorted((one, other) => median(other) - median(one));
  if (!slowest) throw new Error('a page to look at');
  return slowest;
}

function describe(name: string, { page, rounds }: Timed): Figure {
  const many = `${LONG_LISTS.users / 1000}k users, ${LONG_LISTS.auditEvents / 1e6}M audit rows`;
  const limit = { measured: spread(rounds), unit: 'ms', below: LIMIT_MS };
  return limitFigure(`${name}, ${many}: p95 of the slowest, ${page}`, limit);
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * 3_600_000).toISOString().slice(0, 10);
}
