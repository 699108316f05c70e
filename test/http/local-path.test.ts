import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localPathSchema, MAX_LOCAL_PATH, toLocalPath } from '../../src/http/local-path.ts';

const OURS = 'https://auth.example.org';

describe('toLocalPath', () => {
  it.each([
    ['/', '/'],
    ['/jitsi/login?room=a b#x', '/jitsi/login?room=a%20b#x'],
    ['/jitsi/login?room=café', '/jitsi/login?room=caf%C3%A9'],
    ['/login?returnTo=//evil.example', '/login?returnTo=//evil.example'],
    ['/a/../b', '/b'],
  ])('takes %s', (value, path) => {
    expect(toLocalPath(value)).toBe(path);
  });

  it.each([
    '',
    'a',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/a\0',
    '/..//evil.example',
    '/.//evil.example',
    '/%2e//evil.example',
    ' //evil.example',
    'https://evil.example/',
    'https:evil.example',
    'javascript:alert(1)',
    '//user@evil.example',
    `/${'a'.repeat(MAX_LOCAL_PATH)}`,
    `/${'é'.repeat(MAX_LOCAL_PATH / 4)}`,
  ])('refuses %j', (value) => {
    expect(toLocalPath(value)).toBeUndefined();
    expect(localPathSchema.safeParse(value).success).toBe(false);
  });

  it('never lets a browser leave, whatever the text, and gives a plain header value', () => {
    const piece = constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '@',
      ':',
      '?',
      '#',
      '\t',
      'é',
      'evil.example',
      'https:',
    );
    const text = oneof(
      string({ unit: 'binary' }).map((rest) => `/${rest}`),
      array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
    );
    assert(
      property(text, (value) => {
        const path = toLocalPath(value);
        if (path === undefined) return;
        expect(new URL(path, `${OURS}/login`).origin).toBe(OURS);
        expect(path).toMatch(/^\/[\x21-\x7e]*$/);
        expect(toLocalPath(path)).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});
