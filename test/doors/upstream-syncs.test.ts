/**
 * Bringing people up to date with a directory, as administrators and machines ask for it.
 *
 * @module
 */
import { beforeAll, expect, it } from 'vitest';
import { workOnWantedSyncs } from '../../src/operations/upstreams/wanted-sync.ts';
import { PEOPLE, personLdif } from '../directory/ground.ts';
import { describeWithSlapd } from '../support/slapd.ts';
import { visitorOf } from '../support/issuer-pages.ts';
import type { Visitor } from '../support/visitor.ts';
import { directoryApp } from './directory-ground.ts';

const AT = '/admin/upstreams/company';
const SYNCS = '/api/v1/upstreams/company/syncs';
const TEAM = ['ada', 'bob', 'cyd', 'dan'];

describeWithSlapd('a sync that is asked for', () => {
  let ground: Awaited<ReturnType<typeof directoryApp>>;
  let root: Visitor;
  let key: string;
  beforeAll(async () => {
    ground = await directoryApp(TEAM.map((uid) => personLdif({ uid })).join('\n'));
    root = await visitorOf(ground.app, 'administrator');
    key = await ground.app.apiKey(['upstreams:read', 'upstreams:write']);
  });

  const work = async () => {
    await workOnWantedSyncs(ground.app.context, {});
    ground.app.clock.advance(1);
  };
  const isThere = async (name: string) => {
    const found = await ground.app.stores.users.findByLoginName(name);
    return found !== undefined && found.user.disabledAt === undefined;
  };
  const ask = async (how: string) => {
    const { location = '' } = await root.submit(`${AT}/syncs`, { how }, { page: AT });
    return location;
  };
  const call = (method: string, path: string, body?: object) =>
    ground.app.api(method, path, { key, ...(body ? { body } : {}) });

  it('is tried first, and says who would be added', async () => {
    expect((await root.get(AT)).text).toContain('Nobody was brought up to date');
    const run = await ask('try');
    const waiting = await root.get(run);
    expect(waiting.headers.get('Refresh')).toBe('2');
    expect(waiting.text).toContain('begins within seconds');
    expect((await root.get(AT)).text).toContain(`href="${run}"`);
    const second = await root.submit(
      `${AT}/syncs`,
      { how: 'do' },
      { page: '/admin/upstreams/new' },
    );
    expect(second.status).toBe(409);

    await work();
    const { text, headers } = await root.get(run);
    expect(headers.get('Refresh')).toBeNull();
    expect(text).toContain('nothing was changed');
    for (const uid of TEAM) expect(text).toContain(`<bdi>${uid}</bdi>`);
    expect(await isThere('ada')).toBe(false);
  });

  it('is done, and the directory’s page says when and what', async () => {
    await ask('do');
    await work();
    expect(await isThere('ada')).toBe(true);
    const { text } = await root.get(AT);
    expect(text).toMatch(/<dt>Added<\/dt><dd>4<\/dd>/);
    expect((await root.get('/admin/audit?type=upstream.sync_asked')).text).toContain('company');
  });

  it('shuts nobody out when too many are gone, before somebody has seen who', async () => {
    await ground.slapd.change(async (client) => {
      for (const uid of ['ada', 'bob']) await client.del(`uid=${uid},${PEOPLE}`);
    });
    const run = await ask('do');
    await work();
    const refused = await root.get(run);
    expect(refused.text).toContain('2 of 4 people');
    expect(refused.text).toContain('<bdi>ada</bdi>');
    expect(await isThere('ada')).toBe(true);

    const again = await root.submit(`${run}/confirm`, {}, { page: run });
    expect(again.status).toBe(303);
    await work();
    expect((await root.get(again.location ?? '')).text).toMatch(/<dt>Shut out<\/dt><dd>2<\/dd>/);
    expect(await isThere('ada')).toBe(false);
    expect((await root.submit(`${run}/confirm`, {}, { page: AT })).status).toBe(409);
  });

  it('is asked for and looked at by machine', async () => {
    const asked = await call('POST', SYNCS, { dryRun: true });
    expect([asked.status, asked.json.state]).toEqual([202, 'wanted']);
    expect((await call('POST', SYNCS, {})).json.error.code).toBe('upstream_sync_running');
    await work();
    const { json } = await call('GET', asked.headers.get('Location') ?? '');
    expect(json).toMatchObject({ dryRun: true, state: 'done', seen: 2, counts: { same: 2 } });

    await ground.slapd.change((client) => client.del(`uid=cyd,${PEOPLE}`));
    await call('POST', SYNCS, {});
    await work();
    const { items } = (await call('GET', SYNCS)).json;
    expect(items).toHaveLength(6);
    expect(items[0]).toMatchObject({ state: 'refused', fault: 'too_many_gone', gone: 1, known: 2 });
    expect((await call('POST', SYNCS, { confirms: json.id })).json.error.code).toBe(
      'upstream_sync_outdated',
    );
    expect((await call('POST', SYNCS, { confirms: items[0].id })).json.confirmed).toBe(true);
    await work();
    expect(await isThere('cyd')).toBe(false);
  });

  it('says what is wrong with a directory that is down', async () => {
    await ground.slapd.halt();
    const run = await ask('do');
    await work();
    const { text } = await root.get(run);
    expect(text).toContain('a firewall is in between');
    expect(text).toContain('ECONNREFUSED');
    expect(text).toContain('Sync now');
    expect((await root.get('/admin')).text).toMatch(/company.*could not be reached the last time/);
    await ground.slapd.resume();
  });
});
