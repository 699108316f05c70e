import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { at, etagIn, makeIssuer, tagOf, visitorOf } from '../support/issuer-pages.ts';
import type { Visitor } from '../support/visitor.ts';

const app = await testApp();
let root: Visitor;

beforeAll(async () => {
  await app.addIssuer({ name: 'First' });
  root = await visitorOf(app, 'administrator');
});

const stored = (slug: string) => app.stores.issuers.findBySlug(slug);
const make = (slug: string, fields?: Record<string, string>) => makeIssuer(root, slug, fields);

describe('rules and mapping', () => {
  it('are saved, features too', async () => {
    await make('rules');
    const rules = {
      useRule: "inGroup('staff')",
      moderatorRule: '',
      'features.recording': "inGroup('chairs')",
      'lobby.bypass': '1',
      etag: await tagOf(root, 'rules', 'rules'),
    };
    expect((await root.submit(at('rules', 'rules'), rules)).status).toBe(303);
    expect(await stored('rules')).toMatchObject({
      useRule: "inGroup('staff')",
      moderatorRule: undefined,
      features: { recording: "inGroup('chairs')" },
      lobbyBypass: '1',
    });
    const page = await root.get(at('rules', 'rules'));
    expect(page.text).toMatch(/name="features\.recording"[\s\S]{0,300}inGroup\(&#39;chairs&#39;\)/);
  });

  it('are shown again with the mistake marked', async () => {
    await make('mistake');
    const wrong = { useRule: 'room.lik()', etag: await tagOf(root, 'mistake', 'rules') };
    const answer = await root.submit(at('mistake', 'rules'), wrong);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('id="useRule-fault"');
    expect((await stored('mistake'))?.useRule).toBe('1');
    const none = { useRule: ' ', etag: await tagOf(root, 'mistake', 'rules') };
    expect((await root.submit(at('mistake', 'rules'), none)).text).toContain('id="useRule-fault"');
  });

  it('are looked ahead at before they are saved', async () => {
    await make('ahead');
    await app.person('guest-of-honour', ['honour']);
    const etag = await tagOf(root, 'ahead', 'rules');
    const press = (preview: string, useRule: string) =>
      root.submit(
        at('ahead', 'rules/preview'),
        { useRule, etag, preview, 'preview.room': 'standup', 'preview.user': 'guest-of-honour' },
        { page: at('ahead', 'rules') },
      );
    const shut = await press('impact', '0');
    expect(shut.status).toBe(200);
    expect(shut.text).toContain('guest-of-honour');
    expect((await press('token', "inGroup('honour')")).text).toContain('id="preview-token"');
    const wrong = await press('check', '((');
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('id="useRule-fault"');
    expect((await stored('ahead'))?.useRule).toBe('1');
  });

  it('say what a token tells of a person', async () => {
    await make('mapping');
    const mapping = {
      'mapping.id': 'username',
      'mapping.name': 'displayName',
      group: 'attributes.department',
      'extraClaims.0.claim': 'context.user.site',
      'extraClaims.0.value': 'attributes.site',
      etag: await tagOf(root, 'mapping', 'mapping'),
    };
    expect((await root.submit(at('mapping', 'mapping'), mapping)).status).toBe(303);
    expect(await stored('mapping')).toMatchObject({
      mapping: { id: 'username', name: 'displayName' },
      group: 'attributes.department',
      extraClaims: { 'context.user.site': 'attributes.site' },
    });
    const reserved = {
      ...mapping,
      'extraClaims.0.claim': 'room',
      etag: await tagOf(root, 'mapping', 'mapping'),
    };
    const answer = await root.submit(at('mapping', 'mapping'), reserved);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('value="room"');
  });
});

describe('room policies', () => {
  const policy = async (match: string, fields: Record<string, string> = {}) =>
    root.submit(at('rooms', 'rooms/policy'), {
      match,
      ...fields,
      etag: etagIn((await root.get(at('rooms', 'rooms/policy'))).text),
    });
  const order = async () => (await stored('rooms'))?.rooms.map(({ match }) => match);
  const act = async (match: string, action: string) =>
    root.submit(at('rooms', 'rooms'), { match, action, etag: await tagOf(root, 'rooms', 'rooms') });

  it('are added, changed, moved and removed in order', async () => {
    await make('rooms');
    for (const match of ['staff-*', 'exam', 'open-*'])
      expect((await policy(match)).status).toBe(303);
    await act('open-*', 'up');
    expect(await order()).toEqual(['staff-*', 'open-*', 'exam']);
    await act('staff-*', 'down');
    await act('exam', 'down');
    expect(await order()).toEqual(['open-*', 'staff-*', 'exam']);
    expect((await policy('exam-*', { current: 'exam', useRule: '0' })).status).toBe(303);
    await act('open-*', 'remove');
    expect((await stored('rooms'))?.rooms).toMatchObject([
      { match: 'staff-*', useRule: undefined },
      { match: 'exam-*', useRule: '0' },
    ]);
    const page = await root.get(at('rooms', 'rooms/policy?match=exam-*'));
    expect(page.text).toContain('name="current" value="exam-*"');
  });

  it('are looked ahead at, too', async () => {
    const etag = await tagOf(root, 'rooms', 'rooms');
    const fields = { match: 'ahead-*', useRule: '0', preview: 'impact', etag };
    const room = { 'preview.room': 'ahead-1', 'preview.user': '' };
    const page = at('rooms', 'rooms/policy');
    const answer = await root.submit(`${page}/preview`, { ...fields, ...room }, { page });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('id="impact"');
    expect(await order()).not.toContain('ahead-*');
  });

  it('are shown again with what is wrong', async () => {
    const twin = await policy('staff-*');
    expect(twin.status).toBe(400);
    expect(twin.text).toContain('id="match-fault"');
    expect((await policy('a', { moderatorRule: '((' })).text).toContain('id="moderatorRule-fault"');
    expect((await root.get(at('rooms', 'rooms/policy?match=nobody'))).status).toBe(404);
    expect((await act('nobody', 'remove')).status).toBe(404);
  });
});
