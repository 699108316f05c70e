import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { BRIDGE_SECRET, CLIENT_SECRET, EXAMPLES } from '../support/bridge-examples.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = await scratchFolder();
const OPENID = EXAMPLES['jitsi-openid'];
const load = (changes: Record<string, string> = {}) => loadConfig({ ...OPENID, ...changes });

function problemsOf(variables: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the environment of jitsi-openid', () => {
  it('is told from all others by two of its settings', () => {
    expect(load().bridge?.name).toBe('jitsi-openid');
    const { NAME_KEY: _left, ...go } = EXAMPLES['go-openid'];
    for (const sign of ['NAME_KEY', 'PREJOIN', 'DEEPLINK', 'LOBBY_BYPASS_KEY'])
      expect(loadConfig({ ...go, [sign]: 'true' }).bridge?.name).toBe('go-openid');
    expect(loadConfig({ JITSI_URL: 'https://m.org', CLIENT_ID: 'x' }).bridge).toBeUndefined();
    expect(loadConfig({}).bridge).toBeUndefined();
  });

  it('says where Roomkey is, unless our own variables do', () => {
    const said = (changes: Record<string, string>) => {
      const { publicUrl, host, port } = load(changes);
      return [publicUrl?.origin, host, port];
    };
    expect(said({ LISTEN_ADDR: '0.0.0.0:8080' })).toEqual([
      'https://auth.example.org',
      '0.0.0.0',
      8080,
    ]);
    const own = { PUBLIC_URL: 'https://own.example.org', PORT: '4000', HOST: '127.0.0.2' };
    expect(said({ ...own, LISTEN_ADDR: '0.0.0.0:8080' })).toEqual([
      'https://own.example.org',
      '127.0.0.2',
      4000,
    ]);
    expect(said({})).toEqual(['https://auth.example.org', '127.0.0.1', 3000]);
  });

  it('becomes what the configuration file would say', () => {
    const { file } = load().bridge ?? {};
    expect(file?.signIn).toEqual({ local: 'administrators' });
    expect(file?.issuers?.[0]?.entry).toMatchObject({ slug: 'main', secret: BRIDGE_SECRET });
    expect(file?.upstreams?.[0]?.entry).toMatchObject({ clientSecret: CLIENT_SECRET });
  });

  it('reads secrets from files', async () => {
    const secretFile = path.join(folder, 'jitsi');
    await writeFile(secretFile, `${BRIDGE_SECRET}\n`);
    const changes = { JITSI_SECRET: '', JITSI_SECRET_FILE: secretFile };
    const before = load(changes).bridge;
    expect(before?.file.issuers?.[0]?.entry.secret).toBe(BRIDGE_SECRET);
    await writeFile(secretFile, `${BRIDGE_SECRET}!\n`);
    expect(load(changes).bridge?.essence).not.toBe(before?.essence);
  });

  it('is the same while what it says of meetings and provider is', () => {
    const { essence } = load().bridge ?? {};
    const moved = load({ LISTEN_ADDR: '0.0.0.0:8080', BASE_URL: 'https://b.org', HOME: '/x' });
    expect(moved.bridge?.essence).toBe(essence);
    expect(load({ SCOPES: 'email' }).bridge?.essence).not.toBe(essence);
  });

  it('is told wrong all at once, by its own names and with ours', () => {
    const problems = problemsOf({
      JITSI_SECRET_FILE: '/no/such/file',
      JITSI_URL: 'meet',
      JITSI_SUB: 'a b',
      ISSUER_BASE_URL: 'ftp://x',
      BASE_URL: 'https://auth.example.org/openid',
      CLIENT_ID: 'jitsi',
      SECRET: 'x',
      LOG_LEVEL: 'loud',
    });
    const names = problems
      .map((problem) => problem.split(' ')[0] ?? '')
      .toSorted((a, b) => a.localeCompare(b));
    expect(names).toEqual([
      'BASE_URL',
      'ISSUER_BASE_URL',
      'JITSI_SECRET_FILE',
      'JITSI_SUB',
      'JITSI_URL',
      'LOG_LEVEL',
    ]);
    expect(problemsOf({ JITSI_SECRET: 'x', JITSI_SUB: 'y' })).toEqual([
      'JITSI_URL is required',
      'ISSUER_URL is required',
      'BASE_URL is required',
      'CLIENT_ID is required',
      'CLIENT_SECRET is required, or CLIENT_SECRET_FILE',
    ]);
    expect(problemsOf({ ...OPENID, LISTEN_ADDR: '3000' })).toEqual([
      expect.stringContaining('LISTEN_ADDR must be an address and a port'),
    ]);
  });

  it('may have a secret shorter than its hash', () => {
    const { file } = load({ JITSI_SECRET: 'short' }).bridge ?? {};
    expect(file?.issuers?.[0]?.entry).toMatchObject({ carriedOverSecret: true });
  });
});
