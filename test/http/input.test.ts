import type { Middleware } from 'koa';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createForms } from '../../src/http/form.ts';
import { refuseMalformed } from '../../src/http/malformed.ts';
import { parse } from '../../src/http/parse.ts';
import { readQuery } from '../../src/http/query.ts';
import { type Ask, ask, codeOf, csrf, PUBLIC_URL } from './server.ts';

const room = z.object({ room: z.string().max(10) });
const echoQuery: Middleware = (ctx) => {
  ctx.body = readQuery(ctx, room);
};

describe('readQuery', () => {
  it('gives typed values', async () => {
    const answer = await ask([echoQuery], '/?room=caf%C3%A9&other=1');
    expect(JSON.parse(answer.text)).toEqual({ room: 'café' });
  });

  it.each(['/?room=a&room=a', '/?room=a&x=1&x=2', '/?r%6Fom=a&room=b', '/', '/?room=12345678901'])(
    'refuses %s',
    async (path) => {
      const answer = await ask([echoQuery], path);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'input_invalid']);
    },
  );

  it('keeps a name such as __proto__ an ordinary name', async () => {
    const answer = await ask([echoQuery], '/?room=a&__proto__=b');
    expect(JSON.parse(answer.text)).toEqual({ room: 'a' });
  });
});

describe('parse', () => {
  const nested: unknown = JSON.parse('['.repeat(40) + ']'.repeat(40));

  it('names the fields that nobody knows', () => {
    const strict = z.strictObject({ room: z.string(), more: z.strictObject({}) });
    const input = { room: 'a', isAdmin: 'yes', more: { deep: 1 } };
    expect(() => parse(strict, input, 'body')).toThrow(
      expect.objectContaining({
        details: {
          issues: [
            expect.objectContaining({ path: 'body.more.deep' }),
            expect.objectContaining({ path: 'body.isAdmin' }),
          ],
        },
      }),
    );
  });

  it.each([
    ['NUL in a text', { room: 'a\0b' }],
    ['NUL in a name', { room: 'a', 'b\0': 1 }],
    ['NUL deep inside', { room: 'a', more: [{ text: '\0' }] }],
    ['half a character', { room: '\ud800' }],
    ['endless nesting', { room: 'a', nested }],
    ['another type', ['room']],
    ['nothing', undefined],
  ])('refuses %s', (_, input) => {
    expect(() => parse(z.looseObject({ room: z.string() }), input, 'body')).toThrow(
      expect.objectContaining({ code: 'input_invalid' }),
    );
  });

  it('names the place of the fault', () => {
    expect(() => parse(room, { room: 1 }, 'body')).toThrow(
      expect.objectContaining({
        details: { issues: [expect.objectContaining({ path: 'body.room' })] },
      }),
    );
  });
});

describe('refuseMalformed', () => {
  it.each(['/%', '/%FF', '/%00', '/a%00b', '/?room=%00', '/?%00=1'])(
    'answers %s with 400',
    async (path) => {
      const answer = await ask([refuseMalformed(), (ctx) => void (ctx.body = 'in')], path);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'input_invalid']);
    },
  );

  it('lets text pass', async () => {
    const answer = await ask([refuseMalformed(), (ctx) => void (ctx.body = 'in')], '/%C3%A9?a=%25');
    expect(answer.text).toBe('in');
  });
});

const forms = createForms(csrf);
const echoForm: Middleware = async (ctx) => {
  if (ctx.method === 'GET') ctx.body = csrf.token(ctx);
  else
    ctx.body = ctx.path === '/setup' ? await forms.readFromAnyOrigin(ctx) : await forms.read(ctx);
};

const visitor = '__Host-roomkey-visitor=visitor-secret';

async function visitorToken(cookie: string = visitor): Promise<string> {
  return (await ask([echoForm], '/', { headers: { Cookie: cookie } })).text;
}

async function post(ask_: Ask & { path?: string; token?: string | undefined } = {}) {
  const { path = '/', token = await visitorToken(), body = 'a=1', headers = {} } = ask_;
  return ask([echoForm], path, {
    method: 'POST',
    headers: {
      Cookie: visitor,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Sec-Fetch-Site': 'same-origin',
      ...headers,
    },
    body: token === '' ? body : `csrf=${token}&${body}`,
  });
}

describe('forms', () => {
  it('reads the fields of a page of ours', async () => {
    const answer = await post({ body: 'name=Ada+L.&x=%C3%A9' });
    expect(JSON.parse(answer.text)).toEqual({ name: 'Ada L.', x: 'é' });
  });

  it('gives a new browser a visitor cookie that goes with the token', async () => {
    const first = await ask([echoForm], '/');
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^__Host-roomkey-visitor=visitor-secret; path=\/; samesite=lax; secure; httponly$/i,
    );
    expect((await post({ token: first.text })).status).toBe(200);
  });

  it('refuses a token of another browser, of before sign-in, and none', async () => {
    const foreign = await visitorToken('__Host-roomkey-visitor=other');
    const asVisitor = await visitorToken();
    const cases = [
      await post({ token: foreign }),
      await post({ token: '' }),
      await post({ token: 'x'.repeat(43) }),
      await post({ token: asVisitor, headers: { Cookie: `${visitor}; __Host-roomkey=session` } }),
      await post({ headers: { Cookie: '' } }),
    ];
    expect(cases.map(codeOf)).toEqual(cases.map(() => 'csrf_mismatch'));
    expect(cases.map(({ status }) => status)).toEqual(cases.map(() => 403));
  });

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }, 'origin_mismatch'],
    [{ 'Sec-Fetch-Site': 'same-site', Origin: PUBLIC_URL.origin }, 'origin_mismatch'],
    [{ 'Sec-Fetch-Site': 'none' }, 'origin_mismatch'],
    [{ 'Sec-Fetch-Site': '', Origin: 'https://evil.example' }, 'origin_mismatch'],
    [{ 'Sec-Fetch-Site': '', Origin: 'null' }, 'origin_mismatch'],
    [{ 'Sec-Fetch-Site': '' }, 'origin_mismatch'],
  ])('refuses %j', async (headers, code) => {
    expect(codeOf(await post({ headers }))).toBe(code);
  });

  it('believes Origin where a browser sends no Sec-Fetch-Site', async () => {
    const headers = { 'Sec-Fetch-Site': '', Origin: PUBLIC_URL.origin };
    expect((await post({ headers })).status).toBe(200);
  });

  it('spares setup the origin, never the token', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site' };
    expect((await post({ path: '/setup', headers })).status).toBe(200);
    expect((await post({ path: '/setup', headers, token: '' })).status).toBe(403);
  });

  it.each([
    ['two fields of one name', { body: 'a=1&a=2' }, 400, 'input_invalid'],
    ['two tokens', { body: 'csrf=1' }, 400, 'input_invalid'],
    ['a megabyte', { body: `a=${'x'.repeat(2 ** 20)}` }, 413, 'form_too_large'],
    ['JSON', { headers: { 'Content-Type': 'application/json' } }, 415, 'form_type_unsupported'],
    ['no type', { headers: { 'Content-Type': '' } }, 415, 'form_type_unsupported'],
  ])('refuses %s', async (_, input, status, code) => {
    const answer = await post(input);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  it('counts the bytes of a body that does not tell its length', async () => {
    const headers = { 'Transfer-Encoding': 'chunked' };
    expect((await post({ headers, body: `a=${'x'.repeat(70_000)}` })).status).toBe(413);
  });
});
