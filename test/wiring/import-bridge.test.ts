import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { BRIDGE_NAMES, type BridgeName } from '../../src/domain/bridges/index.ts';
import { BRIDGE_SECRET, CLIENT_SECRET, EXAMPLES } from '../support/bridge-examples.ts';
import { bridgeFile } from '../support/bridge-house.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type Typed, type } from '../support/typed.ts';

const folder = await scratchFolder();
const variables = { DATA_DIR: path.join(folder, 'data'), PUBLIC_URL: 'https://auth.example.org' };
const roomkey = (...words: readonly string[]): Promise<Typed> => type(words, { variables });
const inFolder = (name: string) => path.join(folder, name);

let count = 0;
async function written(name: BridgeName, changes?: Record<string, string>) {
  const file = inFolder(`${count++}.env`);
  await writeFile(file, bridgeFile(name, { ...EXAMPLES[name], ...changes }));
  return file;
}

describe.each(BRIDGE_NAMES)('roomkey import %s', (name) => {
  it('prints YAML that apply reads, without secrets, and tells what changes', async () => {
    const file = await written(name);
    const { code, out, err } = await roomkey('import', name, file, '--server-url', 'https://m.org');
    expect([code, parseConfigFile(out, '/').mistakes]).toEqual([0, []]);
    expect(out + err).not.toContain(BRIDGE_SECRET);
    expect(out + err).not.toContain(CLIENT_SECRET);
    expect(out).toContain('# secret: left out');
    expect(err).toMatch(
      /^Stays as it was:\n {2}- [^]*\nStricter now:\n[^]*\nAt Jitsi and the provider:\n/,
    );
    expect(err).not.toContain('is no setting');
  });

  it('writes the secrets into a file of its owner’s alone', async () => {
    const out = inFolder(`${name}.yaml`);
    const words = [
      'import',
      name,
      await written(name),
      '--server-url',
      'https://m.org',
      '--out',
      out,
    ];
    expect((await roomkey(...words)).out).toContain(`roomkey apply ${out}`);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(await readFile(out, 'utf8')).toContain(`secret: ${BRIDGE_SECRET}`);
    const again = await roomkey(...words);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('EEXIST')]);
  });
});

describe('roomkey import', () => {
  it('applies at once when asked to, and the second time changes nothing', async () => {
    const file = await written('jitsi-openid');
    const done = await roomkey('import', 'jitsi-openid', file, '--apply');
    expect(done.out).toContain('+ issuer main');
    expect(done.out).toContain('+ upstream sso');
    expect(done.out).not.toContain(BRIDGE_SECRET);
    expect((await roomkey('import', 'jitsi-openid', file, '--apply')).out).toBe('No change.');
    const exported = await roomkey('export');
    expect(exported.out).toMatch(/local: administrators[^]*callback: \/callback/);
  }, 60_000);

  it('shows secrets when asked to, and machines see none without', async () => {
    const file = await written('go-openid');
    const shown = await roomkey('import', 'go-openid', file, '--show-secrets');
    expect(shown.out).toContain(`clientSecret: ${CLIENT_SECRET}`);
    const { out, err } = await roomkey('import', 'go-openid', file, '--json');
    expect(JSON.parse(out)).toMatchObject({ ok: true, applied: false });
    expect([out.includes(BRIDGE_SECRET), err]).toEqual([false, '']);
  });

  it('tells the address Roomkey takes over, and what is no setting of the bridge', async () => {
    const changes = { BASE_URL: 'https://auth.example.org/openid', LOG_LEVEL: 'debug' };
    const { err } = await roomkey('import', 'jitsi-openid', await written('jitsi-openid', changes));
    expect(err).toContain('https://auth.example.org/openid has the path /openid');
    expect(err).toContain('LOG_LEVEL is no setting of jitsi-openid');
  });

  it('names a secret’s file, which need not be here yet', async () => {
    const changes = { JITSI_SECRET: '', JITSI_SECRET_FILE: '/no/such/secret' };
    const file = await written('jitsi-openid', changes);
    const { code, out, err } = await roomkey('import', 'jitsi-openid', file);
    expect([code, out]).toEqual([0, expect.stringContaining('secretFile: /no/such/secret')]);
    expect(err).toContain('/no/such/secret cannot be read here');
    const applied = await roomkey('import', 'jitsi-openid', file, '--apply');
    expect(applied.code).toBe(1);
    expect(applied.out).toContain('JITSI_SECRET_FILE cannot be read');
  });

  it('tells all mistakes at once, by the names of the bridge', async () => {
    const changes = { JITSI_SUB: 'not a domain', ISSUER_URL: 'ftp://x', JITSI_URL: 'meet' };
    const { code, out } = await roomkey(
      'import',
      'jitsi-openid',
      await written('jitsi-openid', changes),
    );
    expect(code).toBe(1);
    expect(out).toMatch(/JITSI_URL must be [^]*JITSI_SUB |JITSI_SUB [^]*JITSI_URL must be /);
    expect(out).toContain('ISSUER_URL ');
    expect(out).toContain('3 mistakes; nothing was done.');
    const inside = { KEYCLOAK_ORIGIN_INTERNAL: 'http://keycloak:8080' };
    const keycloak = await written('jitsi-keycloak-adapter', inside);
    const words = ['import', 'jitsi-keycloak-adapter', keycloak, '--server-url', 'https://m.org'];
    expect((await roomkey(...words)).out).toMatch(
      /^.*: KEYCLOAK_ORIGIN_INTERNAL must be an https address: without one leave it empty, .*\n1 mistake; nothing was done\.$/,
    );
    const ini = await roomkey('import', 'aadp', await written('aadp', { 'jwt.issuer': '' }));
    expect(ini.out).toContain('[jwt] issuer is required');
  });

  it.each([
    [['jitsi-openidd', '-'], 2, 'did you mean jitsi-openid?'],
    [['jitsi-openid'], 2, 'usage: roomkey import BRIDGE FILE'],
    [['jitsi-openid', '/no/such/file'], 1, '/no/such/file cannot be read'],
  ])('refuses %j', async (words, code, message) => {
    const answer = await roomkey('import', ...words);
    expect([answer.code, answer.err]).toEqual([code, expect.stringContaining(message)]);
  });

  it('tells lines that are no settings by their number', async () => {
    const answer = await type(['import', 'jitsi-openid', '-'], { variables, input: 'A=1\nJITSI' });
    expect(answer).toMatchObject({
      code: 1,
      out: expect.stringContaining('standard input: line 2:'),
    });
  });
});
