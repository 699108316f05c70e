import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { at, BASICS, editFields, makeIssuer, tagOf, visitorOf } from '../support/issuer-pages.ts';
import type { Visitor } from '../support/visitor.ts';
import { HS_SECRET } from '../support/world.ts';

const app = await testApp();
let root: Visitor;
let auditor: Visitor;

beforeAll(async () => {
  await app.addIssuer({ name: 'First' });
  root = await visitorOf(app, 'administrator');
  auditor = await visitorOf(app, 'auditor');
});

const stored = (slug: string) => app.stores.issuers.findBySlug(slug);
const make = (slug: string, fields?: Record<string, string>) => makeIssuer(root, slug, fields);

describe('a new issuer', () => {
  it('is made by its form, and can be looked at', async () => {
    const made = await make('second', { moderatorRule: "inGroup('chairs')" });
    expect(made.location).toBe('/admin/issuers/second?done=created');
    expect(await stored('second')).toMatchObject({
      name: 'Second',
      serverUrl: 'https://x.example/',
      moderatorRule: "inGroup('chairs')",
    });
    const page = await root.get(at('second'));
    expect(page.text).toContain('/jitsi/second/login?room={room}&amp;state={state}');
    expect((await root.get('/admin/issuers?q=second')).text).toContain(at('second'));
  });

  it('is asked for again with what was typed, and what is wrong beside its field', async () => {
    const fields = { ...BASICS, slug: 'Bad Slug', serverUrl: 'nope', useRule: "inGroop('x')" };
    const answer = await root.submit('/admin/issuers/new', fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('value="Bad Slug"');
    expect(answer.text).toContain('id="slug-fault"');
    expect(answer.text).toContain('id="serverUrl-fault"');
    expect(answer.text).toMatch(/id="useRule-fault"[\s\S]*<mark>inGroop/);
    expect((await make('second')).status).toBe(400);
  });

  it('with a shared secret never shows it again', async () => {
    const made = await make('shared', { algorithm: 'HS256', secret: HS_SECRET });
    expect(made.status).toBe(303);
    for (const page of ['', 'edit', 'rules', 'keys', 'integration', 'check'])
      expect((await root.get(at('shared', page))).text).not.toContain(HS_SECRET);
    const short = await make('short', { algorithm: 'HS256', secret: 'a secret too short' });
    expect(short.status).toBe(400);
    expect(short.text).not.toContain('a secret too short');
    expect(app.log()).not.toContain(HS_SECRET);
  });
});

describe('the settings of an issuer', () => {
  it('are saved as sent', async () => {
    await make('edit');
    const fields = await editFields(root, 'edit');
    const saved = await root.submit(at('edit', 'edit'), {
      ...fields,
      name: 'Renamed',
      tokenTtlSeconds: '120',
      anyRoom: 'yes',
    });
    expect(saved.location).toBe('/admin/issuers/edit?done=saved');
    expect(await stored('edit')).toMatchObject({
      name: 'Renamed',
      tokenTtlSeconds: 120,
      anyRoom: true,
      skipPrejoin: false,
      serverUrl: 'https://x.example/',
    });
  });

  it('say what breaks before they are saved, and save it when asked again', async () => {
    await make('warned');
    const fields = { ...(await editFields(root, 'warned')), iss: 'https://other.example' };
    const asked = await root.submit(at('warned', 'edit'), fields);
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('JWT_ACCEPTED_ISSUERS');
    expect((await stored('warned'))?.iss).not.toBe('https://other.example');
    const confirmed = /name="confirmed" value="([^"]*)"/.exec(asked.text)?.[1] ?? '';
    expect(confirmed).toBe('iss_changed');
    const saved = await root.submit(at('warned', 'edit'), { ...fields, confirmed });
    expect(saved.status).toBe(303);
    expect((await stored('warned'))?.iss).toBe('https://other.example');
  });

  it('are refused when somebody else was faster, or with fields nobody knows', async () => {
    await make('stale');
    const fields = await editFields(root, 'stale');
    await root.submit(at('stale', 'edit'), { ...fields, name: 'First' });
    const late = await root.submit(at('stale', 'edit'), { ...fields, name: 'Late' });
    expect(late.status).toBe(409);
    expect((await stored('stale'))?.name).toBe('First');
    const more = { ...(await editFields(root, 'stale')), weakSecret: 'false', useRule: '1' };
    expect((await root.submit(at('stale', 'edit'), more)).status).toBe(400);
  });

  it('tell what else a change would make wrong', async () => {
    await make('tenant');
    const tenant = {
      ...(await editFields(root, 'tenant')),
      sub: 'tenant',
      xmppDomain: 'meet.jitsi',
    };
    const confirmed = 'tenants_need_verification';
    await root.submit(at('tenant', 'edit'), { ...tenant, confirmed });
    const rules = { useRule: "tenant == 'a'", etag: await tagOf(root, 'tenant', 'rules') };
    expect((await root.submit(at('tenant', 'rules'), rules)).status).toBe(303);
    const back = { ...(await editFields(root, 'tenant')), sub: '*', xmppDomain: '' };
    const answer = await root.submit(at('tenant', 'edit'), back);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('<code>useRule</code>');
  });

  it('leave keys and their schedule behind when a secret takes their place', async () => {
    await app.addIssuer({ slug: 'to-secret', keyRotationDays: 30 });
    const fields = { ...(await editFields(root, 'to-secret')), algorithm: 'HS256' };
    const secret = { secret: HS_SECRET, confirmed: 'secret_instead_of_keys' };
    const saved = await root.submit(at('to-secret', 'edit'), { ...fields, ...secret });
    expect(saved.status).toBe(303);
    expect(await stored('to-secret')).toMatchObject({
      algorithm: 'HS256',
      keyRotationDays: undefined,
    });
  });

  it('replace a weak secret, and the flag is gone', async () => {
    await app.addIssuer({ slug: 'weak', algorithm: 'HS256', weakSecret: true });
    expect((await root.get(at('weak'))).text).toContain('can be guessed');
    const fields = { ...(await editFields(root, 'weak')), secret: `${HS_SECRET}2` };
    const confirmed = { confirmed: 'secret_changed' };
    expect((await root.submit(at('weak', 'edit'), { ...fields, ...confirmed })).status).toBe(303);
    expect((await root.get(at('weak'))).text).not.toContain('can be guessed');
  });
});

describe('removing', () => {
  it('takes its short name, and puts it into the bin', async () => {
    await make('remove');
    const remove = (slug: string) =>
      root.submit(at('remove', 'remove'), { slug }, { page: at('remove', 'edit') });
    expect((await remove('main')).status).toBe(400);
    expect((await remove('remove')).location).toBe('/admin/issuers?done=removed');
    expect((await root.get(at('remove'))).status).toBe(404);
    expect(await stored('main')).toBeDefined();
  });
});

describe('checking Jitsi', () => {
  it('tells what was found', async () => {
    await app.addIssuer({ slug: 'checked', serverUrl: undefined, algorithm: 'HS256' });
    const page = await root.get(at('checked', 'check'));
    expect(page.text).not.toContain('class="jitsi-findings"');
    const answer = await root.submit(at('checked', 'check'), {});
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('The address of the Jitsi server is not set');
  });
});

describe('an auditor', () => {
  it.each(['', 'edit', 'rules', 'mapping', 'rooms', 'keys', 'integration', 'check'])(
    'sees %j, and no button that changes anything',
    async (page) => {
      const { status, text } = await auditor.get(at('main', page));
      expect(status).toBe(200);
      expect(text).not.toMatch(/>\s*(Save|Rotate now|Add a policy|Remove this issuer)\s*</);
    },
  );

  it('adds none', async () => {
    expect((await auditor.get('/admin/issuers/new')).status).toBe(403);
    expect((await auditor.get(at('main', 'rooms/policy'))).status).toBe(403);
    expect((await auditor.get('/admin/issuers')).text).not.toContain('/admin/issuers/new');
  });
});

describe('an issuer nobody knows', () => {
  it.each(['', 'edit', 'rules', 'mapping', 'rooms', 'keys', 'check'])(
    'is a 404: %s',
    async (page) => {
      expect((await root.get(at('nobody', page))).status).toBe(404);
    },
  );
});
