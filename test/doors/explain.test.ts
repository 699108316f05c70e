import { beforeAll, describe, expect, it } from 'vitest';
import type { UserRole } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp({ TRUSTED_PROXIES: '127.0.0.0/8' });
const visitors = new Map<UserRole | 'nobody', Visitor>();

async function visitorOf(role: UserRole | undefined): Promise<Visitor> {
  const known = visitors.get(role ?? 'nobody');
  if (known) return known;
  const user = await app.addUser({ username: role ?? 'nobody', role });
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(user.username, PASSWORD);
  visitors.set(role ?? 'nobody', visitor);
  return visitor;
}

beforeAll(async () => {
  await app.addIssuer({
    useRule: "inGroup('staff') && inNetwork('10.0.0.0/8')",
    moderatorRule: "inGroup('chairs')",
    extraClaims: { 'context.user.department': 'attributes.department' },
  });
  await app.addUser({ username: 'ada', groups: ['staff'], attributes: { department: 'maths' } });
});

const CASE = '/admin/explain?issuer=main&user=ada&room=Standup&ip=10.0.0.7';

describe('GET /admin/explain', () => {
  it.each([
    ['administrator', 200],
    ['auditor', 200],
    ['user_manager', 403],
    [undefined, 403],
  ] as const)('answers %s with %i', async (role, status) => {
    expect((await (await visitorOf(role)).get(CASE)).status).toBe(status);
  });

  it('asks who is signed out to sign in, and comes back to the case', async () => {
    const { status, location } = await app.visitor().get(CASE);
    expect([status, location]).toEqual([303, `/login?returnTo=${encodeURIComponent(CASE)}`]);
  });

  it('shows the decision, the rules, the claims and what Prosody says, and writes nothing', async () => {
    const visitor = await visitorOf('auditor');
    const before = await app.stores.auditEvents.list({ limit: 500 });
    const { text } = await visitor.get(CASE);
    expect(text).toContain('may enter <bdi class="value">standup</bdi>, as participant');
    expect(text).toMatch(/inNetwork\(&#39;10\.0\.0\.0\/8&#39;\)<\/code><\/th>\s*<td>\s*<code>true/);
    expect(text).toMatch(/department<\/code> <code class="claim-value">maths/);
    expect(text).toContain('Accepted:');
    expect(text).not.toContain('action="/admin/explain/token"');
    expect(text).not.toContain('aria-invalid');
    expect(text).toContain('/api/v1/explain&#39;');
    expect(await app.stores.auditEvents.list({ limit: 500 })).toEqual(before);
  });

  it('begins with a person, where a link names nobody else', async () => {
    const { status, text } = await (await visitorOf('auditor')).get('/admin/explain?user=ada');
    expect([status, text.includes('value="ada"'), text.includes('aria-invalid')]).toEqual([
      200,
      true,
      false,
    ]);
  });

  it('leads to the page where a rule is changed', async () => {
    const { text } = await (await visitorOf('auditor')).get(CASE);
    expect(text).toContain('href="/admin/issuers/main/rules"');
  });

  it('shows why not', async () => {
    const { text } = await (await visitorOf('auditor')).get(CASE.replace('10.0.0.7', '192.0.2.1'));
    expect(text).toContain('may not enter');
    expect(text).toContain('The use rule does not hold for this person.');
    expect(text).not.toContain('Accepted:');
  });

  it('takes somebody who does not exist, at another time', async () => {
    const made =
      'madeUp=yes&groups=staff,chairs&attributes=department:+arts%0Alevel:+3&at=2030-01-01T00:00Z';
    const { text } = await (await visitorOf('auditor')).get(
      `${CASE.replace('user=ada', 'user=nobody')}&${made}`,
    );
    expect(text).toContain('as moderator');
    expect(text).toContain('<code class="claim-value">arts');
    expect(text).toContain('The person is made up.');
  });

  it.each([
    ['issuer=none&user=ada&room=x', 404, 'There is no such issuer.'],
    ['issuer=main&user=nobody-such&room=x', 404, 'Nobody has this username'],
    ['issuer=main&user=ada&room=a%2Fb', 400, 'This is no name of a room.'],
    ['issuer=main&user=ada&room=x&tenant=a+b', 400, 'This is no name of a tenant.'],
    ['issuer=main&user=ada&room=x&ip=nonsense', 400, 'This is no IP address.'],
    ['issuer=main&user=ada&room=x&at=yesterday', 400, 'Write it like'],
    ['issuer=main&user=ada&room=x&madeUp=1&attributes=nonsense', 400, 'Write one in a line'],
    ['room=x', 400, 'This is needed.'],
    ['reference=NONE', 404, 'No decision about a room is known'],
    ['reference=NONE', 404, 'href="/admin/audit?q=NONE"'],
  ])('says what is wrong with %s', async (query, status, words) => {
    const answer = await (await visitorOf('auditor')).get(`/admin/explain?${query}`);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('aria-invalid="true"');
  });

  it('tries rules in place of those that count for the room, and saves nothing', async () => {
    const auditor = await visitorOf('auditor');
    const tried = `${CASE}&useRule=${encodeURIComponent("inGroup('nobody')")}`;
    expect((await auditor.get(tried)).text).toContain('may not enter');
    expect((await auditor.get(tried)).text).toContain('With rules that are not saved.');
    expect((await auditor.get(CASE)).text).toContain('as participant');
    const wrong = await auditor.get(
      `${CASE}&useRule=${encodeURIComponent("1 == 1\r\n&& rooom == 'x'")}`,
    );
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(
      /Line 2, column 4:[\s\S]*Unknown variable: rooom[\s\S]*<mark>rooom<\/mark>/,
    );
  });

  it.each(['user=a&user=b', 'other=x', `user=${'x'.repeat(5000)}`])('refuses %s', async (query) => {
    const answer = await (await visitorOf('auditor')).get(`/admin/explain?${query}`);
    expect(answer.status).toBe(400);
  });
});

describe('a refusal', () => {
  async function refuse() {
    const eve = await app.signedIn(`eve-${Math.random().toString(36).slice(2)}`, ['guests']);
    const answer = await eve.visitor.get('/jitsi/login?room=Board', {
      'X-Forwarded-For': '10.0.0.9',
    });
    expect(answer.status).toBe(403);
    return { ...eve, answer, reference: /<code>(\w{8})<\/code>/.exec(answer.text)?.[1] ?? '' };
  }

  it('is explained by its reference: the case is filled in, then and now compared', async () => {
    const { user, reference } = await refuse();
    const auditor = await visitorOf('auditor');
    const { status, text } = await auditor.get(
      `/admin/explain?reference=${reference.toLowerCase()}`,
    );
    expect(status).toBe(200);
    expect(text).toContain(`value="${user.username}"`);
    expect(text).toContain('value="board"');
    expect(text).toContain('value="10.0.0.9"');
    expect(text).toContain('The rules of today say the same.');

    const groups = await app.stores.groups.list();
    const staff = groups.filter(({ name }) => name === 'staff').map(({ id }) => id);
    await app.stores.groups.setForUser(user.id, staff);
    const now = await auditor.get(`/admin/explain?reference=${reference}`);
    expect(now.text).toContain('today the answer is another');
  });

  it('leads administrators from its page to the explanation, and nobody else', async () => {
    const { answer } = await refuse();
    expect(answer.text).not.toContain('/admin/explain');
    const administrator = await visitorOf('administrator');
    const refused = await administrator.get('/jitsi/login?room=Board');
    const href = /href="(\/admin\/explain\?reference=\w{8})"/.exec(refused.text)?.[1] ?? '';
    expect((await administrator.get(href)).text).toContain('may not enter');
  });
});

describe('POST /admin/explain/token', () => {
  const fields = { issuer: 'main', user: 'ada', room: 'Standup', ip: '10.0.0.7' };

  it('signs the token that is explained, and writes down who asked', async () => {
    const administrator = await visitorOf('administrator');
    const { status, text, headers } = await administrator.submit('/admin/explain/token', fields, {
      page: CASE,
    });
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('no-store');
    const token = /<code>(eyJ[\w-]+\.[\w-]+\.[\w-]+)<\/code>/.exec(text)?.[1] ?? '';
    const live = app.catalog.current().bySlug.get('main');
    if (!live) throw new Error('no main');
    expect(app.judge(live.issuer, token, 'Standup').verdict).toBe('accepted');
    const [event] = await app.stores.auditEvents.list({ type: 'token.issued', limit: 1 });
    expect(event).toMatchObject({ actorName: 'administrator', details: { explained: true } });
    expect(app.log()).not.toContain(token.split('.')[2]);
  });

  it.each([
    ['auditor', 403],
    ['user_manager', 403],
  ] as const)('answers %s with %i', async (role, status) => {
    const answer = await (await visitorOf(role)).submit('/admin/explain/token', fields, {
      page: '/account',
    });
    expect(answer.status).toBe(status);
  });

  it('signs nothing for who is refused, nor for who does not exist', async () => {
    const administrator = await visitorOf('administrator');
    const count = async () =>
      (await app.stores.auditEvents.list({ type: 'token.issued', limit: 500 })).length;
    const before = await count();
    const refused = { ...fields, ip: '' };
    expect(
      (await administrator.submit('/admin/explain/token', refused, { page: CASE })).text,
    ).toContain('may not enter');
    const madeUp = { ...fields, user: 'nobody-such', madeUp: 'yes', groups: 'staff' };
    expect(
      (await administrator.submit('/admin/explain/token', madeUp, { page: CASE })).status,
    ).toBe(404);
    expect(await count()).toBe(before);
  });

  it('wants the form to be ours', async () => {
    const administrator = await visitorOf('administrator');
    const answer = await administrator.request('/admin/explain/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
    expect(answer.status).toBe(403);
  });
});
