import { beforeAll, describe, expect, it } from 'vitest';
import { stopTokens } from '../../src/operations/stop-tokens.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let root: Visitor;

beforeAll(async () => {
  await app.addIssuer({ slug: 'main', name: 'Meetings', useRule: "inGroup('staff')" });
  await app.addIssuer({ slug: 'partner', serverUrl: undefined });
  const user = await app.addUser({ username: 'root', role: 'administrator', groups: ['staff'] });
  await app.givePassword(user);
  root = app.visitor();
  await root.signIn('root', PASSWORD);
  await root.get('/jitsi/login?room=Board');
  const guest = await app.signedIn('guest', ['guests']);
  await guest.visitor.get('/jitsi/login?room=Board');
});

describe('the dashboard', () => {
  it.each(['/admin', '/admin?period=month'])(
    '%s draws what happened, and says it',
    async (path) => {
      const { status, text } = await root.get(path);
      expect(status).toBe(200);
      expect(text.match(/<svg class="plot"/g)).toHaveLength(3);
      expect(text).toMatch(/<rect class="s0"/);
      expect(text).toMatch(/<dt>Sign-ins<\/dt><dd>2</);
      expect(text).toMatch(/<dt>Entered a room<\/dt><dd>1</);
      expect(text).toMatch(/<dt>Turned away from a room<\/dt><dd>1</);
      expect(text).toMatch(/<th scope="row">(09:00|01-05)<\/th>\s*<td class="number">2</);
    },
  );

  it('says what ought to be done', async () => {
    const { text } = await root.get('/admin');
    expect(text).toContain('TRUSTED_PROXIES');
    expect(text).toMatch(/partner.*no address of its Jitsi server/);
    expect(text).not.toContain('in force');
    const fields = { issuer: 'main', reason: 'x' };
    await stopTokens(app, { fields, actor: { actorName: 'root' } });
    expect((await root.get('/admin')).text).toContain('One stop is in force.');
  });

  it('marks itself alone in the menu', async () => {
    expect((await root.get('/admin')).text).toMatch(/href="\/admin" aria-current="page"/);
    expect((await root.get('/admin/audit')).text).not.toMatch(/href="\/admin" aria-current/);
  });
});

describe('the API', () => {
  it('gives the same numbers', async () => {
    const key = await app.apiKey(['audit:read']);
    const { json } = await app.api('GET', '/api/v1/statistics', { key });
    expect(json).toMatchObject({ period: 'day', step: 'hour' });
    expect(json.items).toHaveLength(24);
    expect(json.items.at(-1)).toEqual({
      at: '2026-01-05T09:00:00.000Z',
      signIns: 2,
      signInsRefused: 0,
      tokens: { main: 1 },
      tokensRefused: { main: 1 },
    });
  });
});
