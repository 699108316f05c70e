import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/http/log.ts';

function logged(err: unknown) {
  const lines: string[] = [];
  createLog('info', { write: (line) => void lines.push(line) }).error({ err }, 'failed');
  return { text: lines.join(''), err: JSON.parse(lines[0] ?? '{}').err };
}

describe('createLog', () => {
  it('tells an error by name, message, code and causes', () => {
    const cause = Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
    expect(logged(new TypeError('fetch failed', { cause })).err).toMatchObject({
      type: 'TypeError',
      message: 'fetch failed',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: 'no route', code: 'ENETUNREACH' },
    });
  });

  it.each([
    ['the bytes of a request that broke off', { rawPacket: Buffer.from('canary') }],
    ['the row Postgres refused', { detail: 'Failing row contains (canary).' }],
    ['what a statement was given', { bindings: ['canary'] }],
  ])('never writes down %s', (_what, extra) => {
    const error = Object.assign(new Error('x'), extra);
    for (const one of [error, new Error('y', { cause: error })]) {
      const { text } = logged(one);
      expect(text).not.toContain('canary');
      expect(text).not.toContain([...Buffer.from('canary')].join(','));
    }
  });

  it('survives errors that cause themselves, and what is no error', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    expect(logged(circle).err).toMatchObject({ message: 'circle' });
    expect(logged('canary').text).not.toContain('canary');
  });
});
