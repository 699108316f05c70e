import { beforeAll, describe, expect, it } from 'vitest';
import { writeAudit } from '../../src/domain/audit-export.ts';
import { readRetention } from '../../src/domain/audit-retention.ts';
import { setAuditRetention } from '../../src/operations/audit-retention.ts';
import { replaceNextKey, rotateIssuerKeys } from '../../src/operations/issuer-keys.ts';
import { exportAudit } from '../../src/operations/export-audit.ts';
import { sweep } from '../../src/wiring/jobs.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const { stores, catalog, clock, database } = world;
const actor = { actorName: 'root', requestId: 'REF1' };
const lastEvent = async () => (await stores.auditEvents.list({ limit: 1 }))[0];
const fixedRetentionDays = undefined;

async function written(format: 'csv' | 'json' | 'jsonl', q?: string): Promise<string> {
  const batches = exportAudit(world, { filters: { q }, order: 'oldest', actor });
  let text = '';
  for await (const piece of writeAudit(batches, format)) text += piece;
  return text;
}

describe('a change of keys', () => {
  it('says which key signed before and signs after, and which comes next', async () => {
    const { slug } = await world.addIssuer({ slug: 'main' });
    const kidsBefore = await kids();
    const made = await rotateIssuerKeys(world, { slug, force: true, actor });
    expect((await lastEvent())?.details).toEqual({
      before: kidsBefore,
      after: { active: kidsBefore.next, next: made.nextKid },
      forced: true,
    });
    const key = await world.makeKey();
    await replaceNextKey(world, { slug, key, origin: 'imported', actor });
    expect((await lastEvent())?.details).toEqual({
      before: { next: made.nextKid },
      after: { next: key.kid, origin: 'imported' },
    });
  });

  async function kids() {
    const served = await stores.signingKeys.listServed();
    const at = (wanted: string) => served.find(({ stage }) => stage === wanted)?.kid;
    return { active: at('active'), next: at('next') };
  }
});

describe('exportAudit', () => {
  beforeAll(async () => {
    await database.knex('audit_events').del();
  });

  it('gives every row once, in batches, and not what is written meanwhile', async () => {
    await database.knex.raw(
      `insert into audit_events (at, type, jti)
       select ?::timestamptz - interval '1 second', 'token.issued', n from generate_series(1, 2500) n`,
      [clock.now()],
    );
    const seen: (string | undefined)[] = [];
    for await (const batch of exportAudit(world, { filters: {}, order: 'newest', actor })) {
      seen.push(...batch.map(({ jti }) => jti));
      await stores.auditEvents.add({ at: clock.now(), type: 'session.ended' });
    }
    expect(new Set(seen.filter(Boolean)).size).toBe(2500);
    expect(seen).toHaveLength(2501); // With the row of the export itself.
  });

  it('is written down, with what was asked for', async () => {
    await written('json', 'nobody');
    expect(await lastEvent()).toMatchObject({
      type: 'audit.exported',
      ...actor,
      details: { filters: { words: 'nobody' } },
    });
  });

  it('writes formulas harmless, and JSON that programs read', async () => {
    clock.advance(1);
    const name = '=HYPERLINK("https://evil.example","x"),needle';
    await stores.auditEvents.add({
      at: clock.now(),
      type: 'user.updated',
      actorName: name,
      details: { after: { a: '=1' } },
    });
    await stores.auditEvents.add({ at: clock.now(), type: 'user.updated', actorName: 'needle 2' });
    clock.advance(1);
    const [head, first, second, end] = (await written('csv', 'needle')).split('\r\n');
    expect(head).toMatch(/^id,at,type,actorId,actorName,/);
    expect(first).toContain(`"'=HYPERLINK(""https://evil.example"",""x""),needle"`);
    expect(second).toContain('needle 2');
    expect(end).toBe('');

    const list = JSON.parse(await written('json', 'needle'));
    expect(list).toMatchObject([{ actorName: name, room: null }, { actorName: 'needle 2' }]);
    const lines = (await written('jsonl', 'needle')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(list);
    expect(JSON.parse(await written('json', 'nobody here'))).toEqual([]);
  });
});

describe('retention', () => {
  it('is the environment’s, else what was set, else 90 days', async () => {
    const settings = new Map([['audit_retention_days', 7]]);
    expect(readRetention(30, settings)).toEqual({ days: 30, source: 'environment' });
    expect(readRetention(undefined, settings)).toEqual({ days: 7, source: 'setting' });
    expect(readRetention(undefined, new Map())).toEqual({ days: 90, source: 'default' });
  });

  it('is set, written down, and swept by from then on', async () => {
    await stores.auditEvents.add({ at: clock.now(), type: 'session.ended', requestId: 'OLD' });
    clock.advance(8 * 24 * 3600);
    const deps = { ...world, fixedRetentionDays };
    const isThere = async () =>
      (await stores.auditEvents.list({ requestId: 'OLD', limit: 1 })).length === 1;
    await sweep(deps);
    expect(await isThere()).toBe(true);

    await setAuditRetention(deps, { days: 7, actor });
    expect(await lastEvent()).toMatchObject({
      type: 'settings.updated',
      ...actor,
      targetName: 'audit_retention_days',
      details: { before: { days: 90 }, after: { days: 7 } },
    });
    await catalog.refresh();
    await sweep(deps);
    expect(await isThere()).toBe(false);
  });

  it.each([0, 6, -1, 1.5, Number.NaN, 36_501])('refuses %s days', async (days) => {
    const change = setAuditRetention({ ...world, fixedRetentionDays }, { days, actor });
    await expect(change).rejects.toMatchObject({ code: 'input_invalid' });
  });

  it('is not set where the environment says it', async () => {
    const change = setAuditRetention({ ...world, fixedRetentionDays: 30 }, { days: 7, actor });
    await expect(change).rejects.toMatchObject({
      code: 'setting_fixed',
      details: { variable: 'AUDIT_RETENTION_DAYS' },
    });
  });
});
