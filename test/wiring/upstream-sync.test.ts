import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { User } from '../../src/domain/user.ts';
import {
  groupDn,
  groupLdif,
  ldapConfig,
  PEOPLE,
  personDn,
  personLdif,
} from '../directory/ground.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { describeWithSlapd, SERVICE, type Slapd, startSlapd } from '../support/slapd.ts';
import { type Typed, type } from '../support/typed.ts';

const MANY = 20_000;
/** Otherwise a twentieth is written: everybody takes minutes. */
const EVERYBODY = process.env['TEST_SYNC_EVERYBODY'] !== undefined;
const uid = (nth: number) => `person${String(nth).padStart(5, '0')}`;

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  if (EVERYBODY) console.log(`${what}: ${Math.round(performance.now() - started)} ms`);
  return result;
}

describeWithSlapd('roomkey upstream sync', () => {
  let slapd: Slapd;
  let roomkey: (line: string) => Promise<Typed>;
  let configure: (more?: object) => Promise<void>;

  beforeAll(async () => {
    const people = Array.from({ length: MANY }, (_, nth) =>
      personLdif({
        uid: uid(nth),
        more: [`mail: ${uid(nth)}@example.org`, `displayName: Person ${nth}`],
      }),
    );
    const members = (step: number) =>
      Array.from({ length: MANY / step }, (_, nth) => personDn(uid(nth * step)));
    slapd = await startSlapd(
      [
        ...people,
        groupLdif('everybody', members(1)),
        groupLdif('some', members(100)),
        groupLdif('above', [groupDn('some')]),
      ].join('\n'),
    );
    const folder = await scratchFolder();
    const variables = { DATA_DIR: path.join(folder, 'data'), ALLOW_LOOPBACK: '1' };
    roomkey = (line) => type(line, { variables });
    configure = async (more = {}) => {
      const file = path.join(folder, 'upstreams.yaml');
      await writeFile(file, ldapConfig(slapd, more));
      expect(await roomkey(`apply ${file}`)).toMatchObject({ code: 0 });
    };
    await configure();
  }, 120_000);

  it('reads 20,000 people, and says what it would make of them', async () => {
    const { out, err, code } = await roomkey('upstream sync company --dry-run');
    expect(out).toContain(`${MANY} people: ${MANY} added, 0 changed`);
    expect(err.split('\n').at(-1)).toBe(`${MANY} people so far`);
    expect(code).toBe(0);
    expect((await roomkey('users list')).out).not.toContain(uid(0));
  }, 240_000);

  it('makes them, and the next time finds nothing changed', async () => {
    if (!EVERYBODY) await configure({ peopleFilter: '(uid=person00*)' });
    const made = EVERYBODY ? MANY : 1000;
    const first = await timed('made', () => roomkey('upstream sync company --json'));
    expect(JSON.parse(first.out)).toMatchObject({ state: 'done', seen: made, created: made });
    const second = await timed('seen again', () => roomkey('upstream sync company --json'));
    expect(JSON.parse(second.out)).toMatchObject({ state: 'done', same: made });
    const listed: User[] = JSON.parse((await roomkey('users list --json')).out);
    expect(listed.find(({ username }) => username === uid(100))).toMatchObject({
      email: `${uid(100)}@example.org`,
      groups: ['above', 'everybody', 'some'],
    });

    await slapd.change((client) => client.del(`uid=${uid(7)},${PEOPLE}`));
    const third = await roomkey('upstream sync company');
    expect(third.out).toContain(`${uid(7)}: shut out (gone)`);
    expect(third.code).toBe(0);
  }, 900_000);

  it('says what is wrong with a directory', async () => {
    expect((await roomkey('upstream sync nothing')).code).toBe(1);
    await slapd.halt();
    const { code, out } = await roomkey('upstream sync company');
    expect(code).toBe(1);
    expect(out).toContain('unreachable: ECONNREFUSED');
    expect(out).not.toContain(SERVICE.password);
  });
});
