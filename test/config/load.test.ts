import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/load.ts';

const KEY = 'ab'.repeat(32);

function problemsOf(variables: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    loadConfig(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('loadConfig', () => {
  it('runs without any setting', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      publicUrl: undefined,
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: undefined,
      dataDir: resolve('data'),
      secrets: undefined,
      trustedProxies: [],
      allowLoopback: false,
      auditRetentionDays: undefined,
      session: { idleSeconds: 28_800, maxSeconds: 86_400, rememberSeconds: 2_592_000 },
      logLevel: 'info',
    });
    expect(config.loginLimits.waitsSeconds).toEqual([0, 0, 0, 1, 2, 5, 10, 30, 60]);
    expect(config.hashing.concurrency).toBeGreaterThan(0);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', PUBLIC_URL: '', DATABASE_URL: '' }).port).toBe(3000);
  });

  it.each([
    ['hex', KEY],
    ['base64', Buffer.from(KEY, 'hex').toString('base64')],
    ['base64url', Buffer.from(KEY, 'hex').toString('base64url')],
  ])('reads a secret in %s', (_form, secret) => {
    expect(loadConfig({ ROOMKEY_SECRET: secret }).secrets).toEqual([Buffer.from(KEY, 'hex')]);
  });

  it('reads several secrets in their order', () => {
    const { secrets } = loadConfig({ ROOMKEY_SECRET: `${'01'.repeat(32)}, ${KEY}` });
    expect(secrets?.map((key) => key[0])).toEqual([1, 0xab]);
  });

  it('reads a setting from a file, without the line end', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'roomkey-')), 'secret');
    writeFileSync(file, `${KEY}\n`);
    expect(loadConfig({ ROOMKEY_SECRET_FILE: file }).secrets).toHaveLength(1);
  });

  it.each([
    [{ PUBLIC_URL: 'auth.example.com' }, /^PUBLIC_URL must be an address such as https:/],
    [{ PUBLIC_URL: 'ftp://auth.example.com' }, /^PUBLIC_URL must be an address/],
    [{ PUBLIC_URL: 'https://a.example/sub' }, /without a path.*: https:\/\/a\.example$/],
    [{ PUBLIC_URL: 'https://u:p@a.example' }, /without a path/],
    [{ PORT: '70000' }, /^PORT must be a whole number from 0 to 65535$/],
    [{ PORT: '3e3' }, /^PORT must be a whole number/],
    [{ TRUSTED_PROXIES: '10.0.0.0/8, 10.0.0/33' }, /^TRUSTED_PROXIES "10.0.0\/33" is no network/],
    [{ SHARED_NETWORKS: '10' }, /^SHARED_NETWORKS "10" is no network/],
    [{ ROOMKEY_SECRET: 'ab' }, /^ROOMKEY_SECRET key 1 is not 32 bytes; try: openssl rand -hex 32$/],
    [{ ROOMKEY_SECRET: `${KEY},x` }, /^ROOMKEY_SECRET key 2 is not 32 bytes/],
    [{ ROOMKEY_SECRET: ',' }, /^ROOMKEY_SECRET is empty/],
    [{ DATABASE_URL: 'mysql://x', ROOMKEY_SECRET: KEY }, /^DATABASE_URL must begin with postgres:/],
    [{ DATABASE_URL: 'postgres://x/y' }, /^ROOMKEY_SECRET is required.*openssl rand -hex 32$/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of trace, debug/],
    [{ ALLOW_LOOPBACK: 'yes' }, /^ALLOW_LOOPBACK must be 1 or 0$/],
    [{ LOGIN_WAITS_SECONDS: '1,x' }, /^LOGIN_WAITS_SECONDS must be whole numbers/],
    [{ SESSION_IDLE_SECONDS: '90000' }, /^SESSION_IDLE_SECONDS must not be more than/],
    [{ ROOMKEY_SECRET: KEY, ROOMKEY_SECRET_FILE: '/x' }, /^ROOMKEY_SECRET and .* are both set/],
    [
      { DATABASE_URL_FILE: '/does/not/exist', ROOMKEY_SECRET: KEY },
      /^DATABASE_URL_FILE cannot be read: ENOENT/,
    ],
    [
      { DATABASE_URL: 'postgres://x/y', ROOMKEY_SECRET_FILE: '/does/not/exist' },
      /^ROOMKEY_SECRET_FILE cannot be read: ENOENT/,
    ],
  ])('refuses %j', (variables, expected) => {
    const problems = problemsOf(variables);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('tells all mistakes at once', () => {
    const wrong = { PORT: 'x', PUBLIC_URL: 'y', LOG_LEVEL: 'z', DATABASE_URL: 'postgres://h/d' };
    expect(problemsOf(wrong)).toHaveLength(4);
  });

  it.each(['DATABASE_URL', 'ROOMKEY_SECRET'])('never repeats what %s holds', (name) => {
    expect(problemsOf({ [name]: 'hunter2' }).join()).not.toContain('hunter2');
  });
});
