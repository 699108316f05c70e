import { describe, expect, it } from 'vitest';
import { gather } from '../../src/stores/gather.ts';

/** As the driver reports it. */
function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A statement that is under way until it is told to end, and remembers what it was asked. */
function slowStatement(answer: (item: number) => number = (item) => item * 10) {
  const asked: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const ask = gather(async (items: readonly number[]) => {
    asked.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map(answer);
  });
  const end = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, asked, end };
}

describe('gather', () => {
  it('asks at once for who comes alone, and together for who come meanwhile', async () => {
    const { ask, asked, end } = slowStatement();
    const answers = Promise.all([ask(1), ask(2), ask(3)]);
    await end();
    await end();
    expect(await answers).toEqual([10, 20, 30]);
    expect(asked).toEqual([[1], [2, 3]]);
  });

  it('never answers from a statement that was under way when the question came', async () => {
    const { ask, asked, end } = slowStatement();
    const first = ask(1);
    const same = ask(1);
    await end();
    await first;
    expect(asked).toEqual([[1], [1]]);
    await end();
    expect(await same).toBe(10);
  });

  it('asks one by one when the database refuses one of them', async () => {
    const { ask, end } = slowStatement((item) => {
      if (item === 3) throw failure('22P05');
      return item;
    });
    const answers = Promise.allSettled([ask(1), ask(2), ask(3), ask(4)]);
    for (let round = 0; round < 5; round++) await end();
    expect((await answers).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it.each(['57P01', 'ECONNREFUSED'])('asks nobody again after %s: it may be done', async (code) => {
    const { ask, asked, end } = slowStatement(() => {
      throw failure(code);
    });
    const answers = Promise.allSettled([ask(1), ask(2), ask(3)]);
    await end();
    await end();
    expect((await answers).every(({ status }) => status === 'rejected')).toBe(true);
    expect(asked).toEqual([[1], [2, 3]]);
  });

  it('goes on after a failure', async () => {
    let fails = true;
    const ask = gather(async (items: readonly number[]) => {
      if (fails) throw new Error('away');
      return items;
    });
    await expect(ask(1)).rejects.toThrow('away');
    fails = false;
    expect(await ask(2)).toBe(2);
  });
});
