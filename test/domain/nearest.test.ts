import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';

describe('nearest', () => {
  it.each([
    ['emial', 'email'],
    ['mial', 'mail'],
    ['emal', 'email'],
    ['Emaill', 'email'],
    ['eamli', undefined],
    ['x', undefined],
    ['', undefined],
  ])('hints for %j at %j', (name, hint) => {
    expect(nearest(name, ['username', 'email', 'mail', 'admin'])).toBe(hint);
  });

  it('takes the one with the fewest edits', () => {
    expect(nearest('saff', ['staf', 'staff'])).toBe('staff');
  });
});
