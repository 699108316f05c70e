import type { Middleware } from 'koa';
import { describe, expect, it } from 'vitest';
import { clearCookie, readCookie, setCookie } from '../../src/http/cookies.ts';
import { here } from '../../src/http/here.ts';
import { allowOrigins, securityHeaders } from '../../src/http/security-headers.ts';
import { ask } from './server.ts';

const forged = {
  Host: 'evil.example',
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'http',
  Forwarded: 'host=evil.example;proto=http',
};

describe('believePublicUrl', () => {
  it('knows no origin but the configured one', async () => {
    const echo: Middleware = (ctx) => {
      const { protocol, host, hostname, origin, secure, href } = ctx;
      ctx.body = { protocol, host, hostname, origin, secure, href, url: ctx.request.URL.origin };
    };
    const publicUrl = new URL('https://auth.example.org:8443');
    const answer = await ask([echo], '/a?b=1', { headers: forged }, { publicUrl });
    expect(JSON.parse(answer.text)).toEqual({
      protocol: 'https',
      host: 'auth.example.org:8443',
      hostname: 'auth.example.org',
      origin: 'https://auth.example.org:8443',
      secure: true,
      href: 'https://auth.example.org:8443/a?b=1',
      url: 'https://auth.example.org:8443',
    });
  });
});

describe('cookies', () => {
  const cookies: Middleware = (ctx) => {
    setCookie(ctx, 'session', { value: 'secret', maxAgeSeconds: 60 });
    clearCookie(ctx, 'language');
    ctx.body = readCookie(ctx, 'device') ?? 'none';
  };

  it('are __Host- and Secure on an https public URL, whatever the request says', async () => {
    const headers = { ...forged, Cookie: 'roomkey-device=planted; __Host-roomkey-device=ours' };
    const answer = await ask([cookies], '/', { headers });
    const [session, language] = answer.headers['set-cookie'] ?? [];
    expect(session).toMatch(
      /^__Host-roomkey=secret; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/i,
    );
    expect(language).toMatch(/^__Host-roomkey-language=; path=\/; expires=Thu, 01 Jan 1970/i);
    expect(answer.text).toBe('ours');
  });

  it('have bare names on http, where browsers refuse the others', async () => {
    const headers = { Cookie: 'roomkey-device=ours' };
    const publicUrl = new URL('http://localhost:3000');
    const answer = await ask([cookies], '/', { headers }, { publicUrl });
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^roomkey=secret; path=\/; expires=[^;]+; samesite=lax; httponly$/i,
    );
    expect(answer.text).toBe('ours');
  });

  it('are ignored when they are too long to be ours', async () => {
    const headers = { Cookie: `__Host-roomkey-device=${'x'.repeat(513)}` };
    expect((await ask([cookies], '/', { headers })).text).toBe('none');
  });
});

describe('here', () => {
  const echo: Middleware = (ctx) => void (ctx.body = here(ctx));

  it.each([
    ['GET', '/account?x=1', '', '/account?x=1'],
    ['GET', '//evil.example/', '', '/'],
    [
      'POST',
      '/account/sessions/revoke',
      'https://auth.example.org/account/sessions',
      '/account/sessions',
    ],
    ['POST', '/account/sessions/revoke', 'https://evil.example/account', '/'],
    ['POST', '/account/sessions/revoke', 'https://auth.example.org//evil.example', '/'],
    ['POST', '/account/sessions/revoke', '', '/'],
  ])('%s %s from "%s" is %s', async (method, path, referer, expected) => {
    const headers = referer ? { Referer: referer } : undefined;
    const answer = await ask([echo], path, { method, ...(headers ? { headers } : {}) });
    expect(answer.text).toBe(expected);
  });
});

describe('securityHeaders', () => {
  const page: Middleware = (ctx) => void (ctx.body = 'page');

  it('lets nothing in, out or around', async () => {
    const { headers } = await ask([securityHeaders(), page], '/account');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it.each(['/login', '/language', '/upstream/company/callback', '/realms/main/x'])(
    'leaves the popup its opener on %s',
    async (path) => {
      const { headers } = await ask([securityHeaders(), page], path);
      expect(headers['cross-origin-opener-policy']).toBeUndefined();
    },
  );

  it('does not take /loginx for /login', async () => {
    const { headers } = await ask([securityHeaders(), page], '/loginx');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
  });

  it('asks for https only where there is some', async () => {
    const publicUrl = new URL('http://localhost:3000');
    const { headers } = await ask([securityHeaders(), page], '/', {}, { publicUrl });
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('names the origin a form may end at, and only the origin', async () => {
    const login: Middleware = (ctx) => {
      allowOrigins(ctx, { formAction: ["https://meet.example.org/a;script-src 'unsafe-inline'"] });
      ctx.body = 'page';
    };
    const { headers } = await ask([securityHeaders(), login], '/login');
    expect(headers['content-security-policy']).toContain(
      "form-action 'self' https://meet.example.org;",
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });
});
