import { describe, expect, it } from 'vitest';
import { formerPlace, lostPolicies } from '../../src/domain/room-policies.ts';

describe('formerPlace', () => {
  it.each([
    ['where it stood', 'a,b,c', 'a,c', 1],
    ['first, where it was first', 'b,a,c', 'a,c', 0],
    ['last, where it was last', 'a,c,b', 'a,c', 2],
    ['behind its neighbour, wherever that went', 'a,b,c', 'c,a', 2],
    ['behind the nearest that is left before it', 'a,x,b,c', 'y,a,c', 2],
    ['before the nearest that is left behind it', 'a,b,x,c', 'y,c', 1],
    ['last, when nobody is left', 'a,b,c', 'y,z', 2],
    ['behind what is new, where all is new', 'b', 'z', 1],
  ])('is %s', (_what, order, current, place) => {
    expect(formerPlace('b', order.split(','), current.split(','))).toBe(place);
  });
});

describe('lostPolicies', () => {
  const named = (policies: readonly { match: string }[]) => policies.map(({ match }) => match);
  const ROOMS = [{ match: 'a', useRule: '0' }, { match: 'b' }, { match: 'c' }];

  it.each([
    ['nothing, where all are left in another order', ROOMS.toReversed(), []],
    ['what is named no more', [{ match: 'b' }], ['a', 'c']],
    ['all, where the list is empty', [], ['a', 'b', 'c']],
    ['nothing that only changed', [{ match: 'a', useRule: '1' }, ...ROOMS.slice(1)], []],
    ['nothing that got another name', [{ match: 'new', useRule: '0' }, ...ROOMS.slice(1)], []],
    ['what got another name and rule', [{ match: 'new' }, ...ROOMS.slice(1)], ['a']],
    ['one of two that were alike', [...ROOMS.slice(0, 1), { match: 'new' }], ['c']],
    ['what is alike to one that was there', ROOMS.slice(0, 2), ['c']],
  ])('are %s', (_what, after, lost) => {
    expect(named(lostPolicies(ROOMS, after))).toEqual(lost);
  });
});
