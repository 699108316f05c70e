import { describe, expect, it } from 'vitest';
import { formerPlace } from '../../src/domain/room-policies.ts';

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
