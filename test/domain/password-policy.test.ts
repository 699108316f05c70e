import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPasswordFaults } from '../../src/domain/password-policy.ts';

const NAMES = ['ada.lovelace', 'Ada Lovelace', 'ada.lovelace@example.org'];
const faults = (password: string) => findPasswordFaults(password, NAMES);

describe('findPasswordFaults', () => {
  it.each([
    'correct horse battery',
    'Rainer sits by a green canal',
    'kq8-vT2m.xw9R4p',
    'grün ist die Hoffnung',
    '正しい馬電池ホッチキスを使いましょう',
    '🦊🌙🥨🎻🚲🧭🪁🧩🍋🦉🛶🎯🌵🐙🧶',
    '    spaces    are    fine    too, x',
    'only lower case letters here',
    'x'.repeat(15).replace(/x/g, (_, i: number) => String.fromCharCode(97 + ((i * 7) % 26))),
  ])('takes %j', (password) => {
    expect(faults(password)).toEqual([]);
  });

  it.each([
    ['fourteen characters', 'kq8-vT2m.xw9R4'],
    ['fourteen emoji of two units each', '🦊🌙🥨🎻🚲🧭🪁🧩🍋🦉🛶🎯🌵🐙'],
    ['one character that normalises to eighteen', '\uFDFA'],
    ['letters with marks that compose to fewer', 'a\u0308o\u0308u\u0308'.repeat(4)],
    ['nothing', ''],
  ])('finds %s too short', (_what, password) => {
    expect(faults(password)).toEqual(['too_short']);
  });

  it('takes 4096 bytes and no more', () => {
    const long = Array.from({ length: 1365 }, (_, i) => String.fromCodePoint(0x4e00 + i * 7)).join(
      '',
    );
    expect(faults(`${long}x`)).toEqual([]);
    expect(faults(`${long}xy`)).toEqual(['too_long']);
  });

  it.each([
    'aaaaaaaaaaaaaaa',
    '123456789012345',
    'abcdefghijklmnopqrstuvwxyz',
    'qwertyuiopasdfghjkl',
    'QWERTZUIOPasdfgh',
    '!@#$%^&*()_+!@#$%',
    'passwordpassword',
    'Password1234567!',
    'P@ssw0rd P@ssw0rd',
    'secret-secret-secret',
    'xk3xk3xk3xk3xk3xk3',
    'Welcome to Roomkey!',
    'jitsimeetjitsi123',
    'correcthorsebatterystaple',
    'Correct Horse Battery Staple!',
    'the quick brown fox jumps over the lazy dog',
    'Summer2024Summer2025',
  ])('finds %j common', (password) => {
    expect(faults(password)).toEqual(['common']);
  });

  it.each([
    'ada.lovelace1234',
    'AdaLovelace-2026',
    'lovelace lovelace ada',
    'ada.lovelace@example.org',
  ])('finds %j little more than a name', (password) => {
    expect(faults(password)).toEqual(['contains_name']);
    expect(findPasswordFaults(password, ['bob'])).not.toContain('contains_name');
  });

  it('lets a long password have a name in it', () => {
    expect(faults('lovelace wrote the first program')).toEqual([]);
  });

  it('answers for any text, at once', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 2000 }), string(), (password, name) => {
        expect(findPasswordFaults(password, [name]).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
