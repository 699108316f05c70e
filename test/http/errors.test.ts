import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import { ask, codeOf, memoryLog } from './server.ts';

const throwing = (error: unknown) => [
  () => {
    throw error;
  },
];

function coded(code: string, message = 'x'): Error {
  return Object.assign(new Error(message), { code });
}

describe('answerErrors', () => {
  it('answers a foreseen failure by its code, with the reference of the log line', async () => {
    const { lines, log } = memoryLog();
    const error = new DomainError('issuer_not_found', { slug: 'x' });
    const answer = await ask(throwing(error), '/', {}, { log });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      error: {
        code: 'issuer_not_found',
        message:
          'There is no Jitsi server called x here. Check the link, or ask whoever gave it to you.',
        reference: 'REF00001',
        details: { slug: 'x' },
      },
    });
    expect(lines).toEqual([
      { level: 'info', fields: { code: 'issuer_not_found', reference: 'REF00001', status: 404 } },
    ]);
  });

  it('says nothing about a failure nobody foresaw, and logs it', async () => {
    const { lines, log } = memoryLog();
    const answer = await ask(throwing(new Error('select secret')), '/', {}, { log });
    expect(answer.status).toBe(500);
    expect(codeOf(answer)).toBe('internal_error');
    expect(answer.text).not.toContain('secret');
    expect(lines[0]?.level).toBe('error');
  });

  it.each([
    ['a refused connection', coded('ECONNREFUSED')],
    ['a server that shuts down', coded('57P01')],
    ['a broken connection', coded('08006')],
    ['a pool that gave up', Object.assign(new Error('x'), { name: 'KnexTimeoutError' })],
    ['pg without a code', new Error('Connection terminated unexpectedly')],
    ['a wrapped loss', new Error('could not read users', { cause: coded('ECONNRESET') })],
  ])('answers 503 for %s', async (_, error) => {
    const answer = await ask(throwing(error), '/');
    expect(answer.status).toBe(503);
    expect(codeOf(answer)).toBe('database_unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it.each([
    ['a failed fetch', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })],
    ['a constraint', coded('23505')],
  ])('does not blame the database for %s', async (_, error) => {
    expect((await ask(throwing(error), '/')).status).toBe(500);
  });

  it('says when to come back', async () => {
    const limited = new DomainError('login_limited', { retryAfterSeconds: 12.2 });
    const answer = await ask(throwing(limited), '/');
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '13']);
    const busy = new DomainError('hashing_busy', { retryAfterSeconds: 0 });
    expect((await ask(throwing(busy), '/')).headers['retry-after']).toBe('1');
  });

  it('tells which fields were wrong', async () => {
    const issues = [{ path: 'query.room', message: 'must be given once' }];
    const { lines, log } = memoryLog();
    const error = new DomainError('input_invalid', { issues });
    const answer = await ask(throwing(error), '/', {}, { log });
    expect(JSON.parse(answer.text)).toMatchObject({ error: { issues } });
    expect(lines[0]?.fields).toMatchObject({ issues });
  });
});
