import { describe, expect, it } from 'vitest';
import { faultOfOrigin, faultOfRedirect } from '../../src/domain/client-address.ts';

describe('faultOfRedirect', () => {
  it.each([
    'https://meet.example.org/static/sso.html',
    'https://meet.example.org/',
    'https://meet.example.org',
    'https://meet.example.org:8443/cb?one=1',
    'http://localhost:8080/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:9/cb',
    'https://xn--caf-dma.example/cb',
  ])('takes %s', (value) => {
    expect(faultOfRedirect(value)).toBeUndefined();
  });

  it.each([
    '',
    'meet.example.org/cb',
    '//meet.example.org/cb',
    '/cb',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'org.example:/cb',
    'https:meet.example.org/cb',
    'https:///meet.example.org/cb',
    'https://meet.example.org/cb#',
    'https://meet.example.org/cb#x',
    'https://user@meet.example.org/cb',
    'https://meet.example.org@evil.example/cb',
    'https://*.example.org/cb',
    'https://meet.example.org/*',
    'https://meet.example.org/a/../cb',
    'https://meet.example.org/%2e%2e/cb',
    'https://meet.example.org\\@evil.example/cb',
    'https://MEET.example.org/cb',
    'https://meet.example.org:443/cb',
    'https://meet.example.org/c b',
    'https://meet.example.org/c\tb',
    'https://café.example/cb',
    'https://0x7f.1/cb',
    'http://meet.example.org/cb',
    'http://localhost.evil.example/cb',
    'http://127.0.0.2/cb',
    'https://a;b,c.example/cb',
    "https://a'b.example/cb",
  ])('refuses %j', (value) => {
    expect(faultOfRedirect(value)).toBeDefined();
  });

  it('says how browsers write it', () => {
    expect(faultOfRedirect('https://Meet.example.org:443/cb')?.hint).toBe(
      'write https://meet.example.org/cb',
    );
  });
});

describe('faultOfOrigin', () => {
  it.each(['https://meet.example.org', 'http://localhost:8080'])('takes %s', (value) => {
    expect(faultOfOrigin(value)).toBeUndefined();
  });

  it.each([
    '*',
    'null',
    'https://meet.example.org/',
    'https://Meet.example.org',
    'blob:x',
    'x',
    'https://a;b.example',
  ])('refuses %j', (value) => {
    expect(faultOfOrigin(value)).toBeDefined();
  });
});
