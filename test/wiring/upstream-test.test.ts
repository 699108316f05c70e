import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { type RunningServer, serve } from '../../src/wiring/serve.ts';
import { ldapConfig, personLdif } from '../directory/ground.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { describeWithSlapd, SERVICE, startSlapd } from '../support/slapd.ts';
import { type } from '../support/typed.ts';
import { CLIENT_SECRET, startProvider } from '../support/upstream-provider.ts';
import { createVisitor } from '../support/visitor.ts';

const ORIGIN = 'https://auth.example.org';
const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** A database with this configuration, an issuer in it. */
async function house(configuration: object) {
  const folder = await scratchFolder();
  const variables = {
    DATA_DIR: path.join(folder, 'data'),
    PUBLIC_URL: ORIGIN,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ALLOW_LOOPBACK: '1',
  };
  const file = path.join(folder, 'roomkey.yaml');
  const issuers = [
    { slug: 'main', name: 'Meetings', serverUrl: 'https://meet.example.org', useRule: '1' },
  ];
  await writeFile(file, JSON.stringify({ issuers, ...configuration }));
  const said: string[] = [];
  const roomkey = (line: string, input = '') => type(line, { variables, input, said });
  const applied = await roomkey(`apply ${file}`);
  if (applied.code !== 0) throw new Error(applied.out + applied.err);
  return { variables, roomkey, said };
}

async function companyHouse() {
  const provider = await startProvider({ redirectUris: [`${ORIGIN}/upstream/company/callback`] });
  const upstream = {
    slug: 'company',
    type: 'oidc',
    issuerUrl: provider.issuer,
    clientId: 'roomkey',
    clientSecret: CLIENT_SECRET,
  };
  return { provider, ...(await house({ upstreams: [upstream] })) };
}

describe('roomkey upstream test, of an OpenID provider', () => {
  it('prints an address, waits for the sign-in there, and tells all of it', async () => {
    const { provider, variables, roomkey, said } = await companyHouse();
    const server = await serve(loadConfig(variables), () => {});
    running.push(server);
    const tested = roomkey('upstream test company --room Standup --wait 50');
    const link = await hear(said, /(\/upstream\/company\/login\?test=\S+)/);
    const browser = createVisitor(server.address, ORIGIN);
    const there = await browser.get(link);
    const back = await provider.pass(there.location ?? '');
    const told = await browser.get(back.pathname + back.search);
    expect([told.status, told.text.includes('The test is done')]).toEqual([200, true]);

    const { code, out } = await tested;
    expect(code).toBe(0);
    expect(out).toMatch(/The code is exchanged: well[^]*A new account would be made: grace/);
    expect(out).toMatch(/Into standup: allowed, as \w+\nEvery step went well\.$/);
    expect((await roomkey('users list')).out).not.toContain('grace');
  }, 60_000);

  it('tells the first half alone, and the cause of what is wrong with it', async () => {
    const { provider, roomkey } = await companyHouse();
    const well = await roomkey('upstream test company --wait 0 --json');
    expect(JSON.parse(well.out)).toMatchObject({ ok: false, steps: [{}, {}] });
    expect(well.out).not.toContain(CLIENT_SECRET);
    provider.wrongs.down = true;
    const { code, out, err } = await roomkey('upstream test company');
    expect(code).toBe(1);
    expect(out).toMatch(/1\. The provider describes itself: wrong\n {3}Sent:\n {5}GET http:/);
    expect(err).not.toContain('?test=');
  }, 60_000);

  it('refuses what it cannot ask', async () => {
    const { roomkey } = await companyHouse();
    for (const [rest, code, words] of [
      ['nobody', 1, /no directory nobody/],
      ['company --wait soon', 2, /--wait/],
      ['company --room a/b', 1, /no name of a room/],
    ] as const) {
      const answer = await roomkey(`upstream test ${rest}`);
      expect([answer.code, answer.out + answer.err]).toEqual([code, expect.stringMatching(words)]);
    }
  }, 60_000);
});

/** What a command says while it still runs. */
async function hear(said: readonly string[], pattern: RegExp): Promise<string> {
  for (;;) {
    const found = pattern.exec(said.join('\n'))?.[1];
    if (found !== undefined) return found;
    await wait(50);
  }
}

describeWithSlapd('roomkey upstream test, of an LDAP directory', () => {
  it('asks for a password, and tells what would come of it', async () => {
    const slapd = await startSlapd(personLdif({ uid: 'ada' }));
    const { roomkey } = await house(JSON.parse(ldapConfig(slapd)) as object);
    const line = 'upstream test company --login ada --password --room Standup';
    const good = await roomkey(line, 'ada password');
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toMatch(/The password is tried: well[^]*Every step went well\.$/);
    const bad = await roomkey(line, 'another');
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(
      /Wrong at “The password is tried”: The directory says that the password is wrong\.$/,
    );
    for (const secret of [SERVICE.password, 'ada password', 'another'])
      expect(good.out + bad.out).not.toContain(secret);
  }, 60_000);
});
