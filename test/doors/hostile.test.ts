/**
 * Hostile input to every address: a clear refusal, never a fault of ours, never a token.
 */
import net from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let signedIn: Visitor;

beforeAll(async () => {
  await app.addIssuer();
  const user = await app.addUser({ username: 'root', role: 'administrator' });
  await app.givePassword(user);
  signedIn = app.visitor();
  await signedIn.signIn('root', PASSWORD);
});

const GETS = [
  '/',
  '/login',
  '/logout',
  '/setup',
  '/account',
  '/account/password',
  '/account/sessions',
  '/account/activity',
  '/jitsi/login',
  '/jitsi/main/login',
  '/jitsi/logout',
  '/jitsi/asap/x.pem',
  '/jitsi/jwks.json',
  '/room/x',
  '/oidc/auth',
  '/authenticate',
  '/admin/issuers/main/integration',
  '/healthz',
  '/readyz',
  '/assets/x',
  '/nowhere',
];
const POSTS = [
  '/login',
  '/logout',
  '/setup',
  '/language',
  '/account',
  '/account/password',
  '/account/sessions/end',
  '/account/sessions/end-others',
];

const QUERIES = [
  ['NUL', 'room=%00&returnTo=%00&token=%00&state=%00'],
  ['a NUL in a name', 'ro%00om=a'],
  ['parameters twice', 'room=a&room=b&returnTo=/&returnTo=/x&token=1&token=2&state={}&state={}'],
  ['arrays and objects', 'room[]=a&room[b]=c&returnTo[]=/&state[]={}'],
  ['long values', `room=${'a'.repeat(20_000)}&token=${'a'.repeat(10_000)}`],
  ['broken encoding', 'room=%E0%A4%A&returnTo=%zz&token=%'],
  ['lone surrogates', 'room=%ED%A0%80&token=%ED%A0%80'],
  ['markup', 'room=<script>alert(1)</script>&returnTo="><img src=x>&token=<svg onload=x>'],
  [
    'templates',
    'room={{1234567*10}}&token={{range.constructor("return 1234567*10")()}}&returnTo=/{{1234567*10}}',
  ],
  ['other hosts', 'returnTo=//evil.example&room=//evil.example&state={"tenant":"//evil.example"}'],
] as const;

describe.each(GETS)('GET %s', (path) => {
  it.each(QUERIES)('stands %s', async (_what, query) => {
    // A sign-out would end what the others need.
    const visitors = path === '/jitsi/logout' ? [app.visitor()] : [app.visitor(), signedIn];
    for (const visitor of visitors) {
      const answer = await visitor.get(`${path}?${query}`);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/<script>alert|<img src=x|<svg onload/);
      expect(answer.text).not.toContain('12345670');
      if (answer.location !== undefined)
        expect(answer.location).toMatch(/^\/(?![/\\])|^https:\/\/meet\.example\.org\//);
    }
  });

  it('answers other methods with 405 and nothing else', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status } = await signedIn.request(path, { method });
      expect([404, 405]).toContain(status);
    }
  });
});

describe.each(POSTS)('POST %s', (path) => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    signedIn.request(path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
        ...headers,
      },
      body,
    });

  it.each([
    ['nothing', '', {}, [400, 403]],
    ['no CSRF token', 'username=a&password=b', {}, [403]],
    ['a wrong CSRF token', 'csrf=nonsense', {}, [403]],
    ['another site', 'csrf=x', { 'Sec-Fetch-Site': 'cross-site' }, [403]],
    ['JSON', '{"username":"a"}', { 'Content-Type': 'application/json' }, [415]],
    ['multipart', 'x', { 'Content-Type': 'multipart/form-data; boundary=x' }, [415]],
    ['no type', 'x', { 'Content-Type': '' }, [415]],
    ['a megabyte', `username=${'a'.repeat(1_000_000)}`, {}, [413]],
    ['fields twice', 'csrf=a&csrf=b&username=a&username=b', {}, [400]],
    ['NUL', 'csrf=%00&username=%00&password=%00', {}, [400, 403]],
  ] as const)('refuses %s', async (_what, body, headers, statuses) => {
    const { status } = await send(body, headers);
    expect(statuses).toContain(status);
  });
});

describe('a form with a good CSRF token', () => {
  it.each([
    ['/login', { username: '\0', password: '\0' }],
    ['/login', { username: 'a'.repeat(5000), password: 'x' }],
    ['/login', { username: 'root', password: 'x'.repeat(20_000) }],
    ['/login', {}],
    ['/login', { username: 'root', password: 'x', returnTo: '//evil.example' }],
    ['/login', { username: 'root', password: 'x', returnTo: 'https://evil.example' }],
  ])('to %s is refused by its content', async (path, fields) => {
    const answer = await app.visitor().submit(path, fields);
    expect([400, 401, 429]).toContain(answer.status);
    expect(answer.location).toBeUndefined();
  });
});

describe('the wire itself', () => {
  it.each([
    ['an unknown verb', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a huge header', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`],
    [
      'an absolute target',
      'GET http://evil.example/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
    [
      'a lying host',
      'GET /login HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n',
    ],
  ])('stands %s', async (_what, bytes) => {
    const text = await exchange(bytes);
    expect(text).not.toMatch(/^HTTP\/1\.1 5/);
    expect(text).not.toContain('evil.example');
    expect((await app.visitor().get('/healthz')).status).toBe(200);
  });
});

describe('a form that breaks off', () => {
  const head = [
    'POST /login HTTP/1.1',
    'Host: x',
    'Sec-Fetch-Site: same-origin',
    'Cookie: roomkey=canary-cookie',
    'Content-Type: application/x-www-form-urlencoded',
  ];
  const end = '\r\n\r\npassword=canary-password';

  it.each([
    ['in a wrong chunk', `${[...head, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\nZZ\r\n`],
    ['half way', `${[...head, 'Content-Length: 1000'].join('\r\n')}${end}`],
  ])('%s is no fault of ours, and leaves nothing of it in the log', async (_what, bytes) => {
    const before = app.log().length;
    const port = Number(new URL(app.base).port);
    const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('error', () => undefined).resume();
    await expect.poll(() => app.log().slice(before)).toContain('"path":"/login"');

    const told = app.log().slice(before);
    expect(told).toContain('input_invalid');
    expect(told).not.toContain('database_unavailable');
    expect(told).not.toContain('canary');
    expect(told).not.toContain([...Buffer.from('canary')].join(','));
  });
});

function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(Number(new URL(app.base).port), '127.0.0.1');
    let text = '';
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}
