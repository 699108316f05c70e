import { describe, expect, it } from 'vitest';
import { anOidcUpstream, NOW } from '../factories.ts';
import { removeUser } from '../../src/operations/people/remove-user.ts';
import { BY_CLI } from '../../src/operations/actor.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';

const PASSWORD = 'a long enough passphrase';
const ADDRESS = 'a'.repeat(43);

async function ground() {
  const app = await testApp();
  const { id } = await app.person('ada');
  const now = app.clock.now();
  const upstream = anOidcUpstream();
  await app.stores.upstreams.add(upstream, { secret: 'x', privateKey: undefined }, now);
  const place = { upstreamId: upstream.id, subject: 's' };
  await app.stores.identities.add({
    ...place,
    userId: id,
    grantedGroups: [],
    linked: true,
    createdAt: now,
    lastSeenAt: now,
    missingSince: undefined,
  });
  const kept = { source: undefined, digest: Buffer.alloc(32), fetchedAt: now };
  const bytes = Buffer.from('GIF89a one');
  await app.stores.avatars.keep({ ...place, ...kept, address: ADDRESS, type: 'image/gif' }, bytes);
  return app;
}

describe('GET /avatars/{address}', () => {
  it('shows the picture, for a day, to other origins too, and runs nothing', async () => {
    const app = await ground();
    const answer = await app.visitor().get(`/avatars/${ADDRESS}`);
    expect([answer.status, answer.text]).toEqual([200, 'GIF89a one']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/gif',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=86400, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('knows no other address', async () => {
    const app = await ground();
    const others = ['b'.repeat(43), 'a'.repeat(42), `${ADDRESS}.png`, '%00', '..%2f..', ''];
    for (const address of others) {
      const answer = await app.visitor().get(`/avatars/${address}`);
      expect(answer.status === 404 || answer.status === 400).toBe(true);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('whose picture is kept', () => {
  it('is shown by it in meetings, to themselves and to administrators, until they are removed', async () => {
    const app = await ground();
    await app.addIssuer({ useRule: '1' });
    const ada = (await app.stores.users.findByLoginName('ada'))?.user;
    if (!ada) throw new Error('no ada');
    const url = `${PUBLIC_URL}/avatars/${ADDRESS}`;
    await app.stores.users.update({ ...ada, avatarUrl: url, role: 'user_manager' }, NOW);
    const visitor = app.visitor();
    await visitor.signIn('ada', PASSWORD);

    const { location = '' } = await visitor.get('/jitsi/login?room=standup');
    const jwt = new URL(location).searchParams.get('jwt') ?? '';
    const payload = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    expect(payload.context.user.avatar).toBe(url);
    for (const path of ['/account', `/admin/users/${ada.id}`]) {
      const page = await visitor.get(path);
      expect(page.text).toContain(`<img class="avatar" src="/avatars/${ADDRESS}"`);
      expect(page.headers.get('content-security-policy')).toContain("img-src 'self' data:;");
    }
    expect((await app.visitor().get(`/avatars/${ADDRESS}`)).status).toBe(200);
    await removeUser(app, { who: { id: ada.id }, ...BY_CLI });
    expect((await app.visitor().get(`/avatars/${ADDRESS}`)).status).toBe(404);
  });

  it('is not shown to administrators by a picture of somebody else’s', async () => {
    const app = await ground();
    const ada = (await app.stores.users.findByLoginName('ada'))?.user;
    if (!ada) throw new Error('no ada');
    const url = 'https://tracker.example/ada.png';
    await app.stores.users.update({ ...ada, avatarUrl: url, role: 'user_manager' }, NOW);
    const visitor = app.visitor();
    await visitor.signIn('ada', PASSWORD);
    const page = await visitor.get(`/admin/users/${ada.id}`);
    expect(page.text).toContain(url);
    expect(page.text).not.toContain('class="avatar"');
  });
});
