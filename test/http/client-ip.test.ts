import { describe, expect, it } from 'vitest';
import { clientIp, resolveClientIp } from '../../src/http/client-ip.ts';
import { frozenClock, movableClock } from '../factories.ts';
import { ask, memoryLog } from './server.ts';

async function ipOf(trustedProxies: readonly string[], headers: Record<string, string>) {
  const { log } = memoryLog();
  const resolve = resolveClientIp({ trustedProxies, log, clock: frozenClock });
  const answer = await ask([resolve, (ctx) => void (ctx.body = clientIp(ctx) ?? 'none')], '/', {
    headers,
  });
  return answer.text;
}

const TRUSTED = ['127.0.0.0/8', '10.0.0.0/8', '2001:db8:1::/48'];

describe('clientIp', () => {
  it('is the peer when nobody forwards', async () => {
    expect(await ipOf([], {})).toBe('127.0.0.1');
    expect(await ipOf(TRUSTED, {})).toBe('127.0.0.1');
  });

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
    ['10.1.2.3, 10.1.2.4', '10.1.2.3'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['2001:DB8:2:0::1', '2001:db8:2::1'],
    ['[2001:db8:2::1]:443, 2001:db8:1::5', '2001:db8:2::1'],
    ['198.51.100.7:5555', '198.51.100.7'],
    ['198.51.100.7, garbage', 'none'],
    ['198.51.100.7, 3', 'none'],
    ['', 'none'],
  ])('behind a trusted proxy, of "%s" is %s', async (header, expected) => {
    expect(await ipOf(TRUSTED, { 'X-Forwarded-For': header })).toBe(expected);
  });

  it.each(['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded'])(
    'is unknown when somebody else sends %s',
    async (name) => {
      expect(await ipOf(['10.0.0.0/8'], { [name]: '198.51.100.7' })).toBe('none');
    },
  );

  it('is unknown when a trusted proxy forwards without saying for whom', async () => {
    expect(await ipOf(TRUSTED, { 'X-Forwarded-Proto': 'https' })).toBe('none');
  });

  it('takes a single address for a range of one', async () => {
    expect(await ipOf(['127.0.0.1'], { 'X-Forwarded-For': '198.51.100.7' })).toBe('198.51.100.7');
  });
});

describe('resolveClientIp', () => {
  it('names the variable in the log, at most once a minute', async () => {
    const { lines, log } = memoryLog();
    const clock = movableClock();
    const resolve = resolveClientIp({ trustedProxies: [], log, clock });
    const knock = () => ask([resolve], '/', { headers: { 'X-Forwarded-For': '198.51.100.7' } });
    await knock();
    clock.advance(59);
    await knock();
    expect(lines).toHaveLength(1);
    clock.advance(1);
    await knock();
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { from: '127.0.0.1' }],
      ['warn', { from: '127.0.0.1' }],
    ]);
  });

  it('refuses a range that is none, at once', () => {
    const { log } = memoryLog();
    expect(() => resolveClientIp({ trustedProxies: ['10/x'], log, clock: frozenClock })).toThrow();
  });
});
