import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { masterKeys } from '../../src/config/secret.ts';

const aFolder = () => join(mkdtempSync(join(tmpdir(), 'roomkey-')), 'data');

describe('masterKeys', () => {
  it('makes a secret on first start that only its owner may read, and keeps it', async () => {
    const dataDir = aFolder();
    const made = await masterKeys({ secrets: undefined, dataDir });
    expect(made[0]).toHaveLength(32);
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
    expect(await masterKeys({ secrets: undefined, dataDir })).toEqual(made);
  });

  it('makes one secret when twenty start at once, and leaves no draft behind', async () => {
    const dataDir = aFolder();
    const starts = Array.from({ length: 20 }, () => masterKeys({ secrets: undefined, dataDir }));
    const made = (await Promise.all(starts)).map(([key]) => key?.toString('hex'));
    expect(new Set(made).size).toBe(1);
    expect(readdirSync(dataDir)).toEqual(['secret']);
  });

  it('takes those of the environment, and makes none', async () => {
    const secrets = [Buffer.alloc(32, 7)];
    const dataDir = aFolder();
    expect(await masterKeys({ secrets, dataDir })).toBe(secrets);
    expect(() => readdirSync(dataDir)).toThrow('ENOENT');
  });

  it('refuses a damaged file instead of making another', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'roomkey-'));
    writeFileSync(join(dataDir, 'secret'), 'half');
    await expect(masterKeys({ secrets: undefined, dataDir })).rejects.toThrow('32 bytes in hex');
    expect(readFileSync(join(dataDir, 'secret'), 'utf8')).toBe('half');
  });
});
