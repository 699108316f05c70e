import { describe, expect, it } from 'vitest';
import { gather } from '../../src/stores/gather.ts';

/** As the driver reports it. */
function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

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
    await nextTurn();
    ends.shift()?.();
    await nextTurn();
  };
  return { ask, asked, end };
}

describe('gather', () => {
  it('asks together for who come in one turn, and for who come meanwhile', async () => {
    const { ask, asked, end } = slowStatement();
    const first = [ask(1), ask(2)];
    await nextTurn();
    expect(asked).toEqual([[1, 2]]);
    const meanwhile = [ask(3)];
    await nextTurn();
    meanwhile.push(ask(4));
    expect(asked).toEqual([[1, 2]]);
    await end();
    await end();
    expect(await Promise.all([...first, ...meanwhile])).toEqual([10, 20, 30, 40]);
    expect(asked).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('never answers from a statement that was under way when the question came', async () => {
    const { ask, asked, end } = slowStatement();
    const first = ask(1);
    await nextTurn();
    const same = ask(1);
    await end();
    await first;
    await end();
    expect(asked).toEqual([[1], [1]]);
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
    const first = ask(1);
    await nextTurn();
    const answers = Promise.allSettled([first, ask(2), ask(3)]);
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
