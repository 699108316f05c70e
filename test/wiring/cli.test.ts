import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { serveDatabase } from '../support/serve-database.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type Typed, type } from '../support/typed.ts';

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const DEMO = file('config/demo.yaml');
const PASSWORD = 'seven odd lamps in a row';

let folder: string;
let variables: Record<string, string>;
beforeAll(async () => {
  folder = await scratchFolder();
  variables = { DATA_DIR: path.join(folder, 'data'), PUBLIC_URL: 'https://auth.demo.example' };
});

const roomkey = (line: string | readonly string[], input?: string): Promise<Typed> =>
  type(line, { variables, ...(input === undefined ? {} : { input }) });

describe('roomkey, where it cannot write', () => {
  it('names the folder and the setting instead of its own stack', async () => {
    const dataDir = path.join(DEMO, 'data');
    const answer = await type('setup-link', { variables: { DATA_DIR: dataDir } });
    expect(answer.code).toBe(1);
    expect(answer.err).toContain('DATA_DIR must be a folder');
    expect(answer.err).not.toContain('    at ');
  });
});

describe('roomkey, where no server has been', () => {
  it.each(['users list', 'keys list', 'export', 'token issue --user ada --room a'])(
    'makes no empty database for %j',
    async (line) => {
      const dataDir = path.join(folder, 'mistaken');
      const { code, err } = await type(line, { variables: { DATA_DIR: dataDir } });
      expect(code).toBe(1);
      expect(err).toContain(`There is no folder ${dataDir}: DATA_DIR must name the one`);
      expect(existsSync(dataDir)).toBe(false);
    },
  );
});

describe('roomkey, not called as it wants to be', () => {
  it.each([
    ['bogus', 'there is no command bogus'],
    ['usrs add', 'did you mean users add?'],
    ['apply', 'usage: roomkey apply FILE'],
    ['apply a b', 'usage: roomkey apply FILE'],
    ['apply a --purge', "Unknown option '--purge'"],
    ['users add ada --email', 'usage: roomkey users add'],
    ['users add ada --email nonsense', 'email must be an e-mail address'],
    ['rule test --user ada', 'needs --user NAME and --room ROOM'],
    ['token inspect x', 'needs --room ROOM'],
  ])('ends %j with 2', async (line, message) => {
    const { code, out, err } = await type(line);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe('');
  });

  it('lists its commands when asked, and explains each', async () => {
    expect((await type('--help')).out).toContain('users passwd');
    const { code, out } = await type('keys rotate --help');
    expect(code).toBe(0);
    expect(out).toContain('[ISSUER] [--force]');
  });

  it('tells wrong settings before it touches anything', async () => {
    const { code, err } = await type('users list', { variables: { PORT: 'x', LOG_LEVEL: 'y' } });
    expect(code).toBe(1);
    expect(err).toMatch(/PORT must be[^]*LOG_LEVEL must be/);
  });

  it('tells errors as JSON to machines', async () => {
    const { out } = await type('users list --json', { variables: { PORT: 'x' } });
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: 'ConfigError' });
  });
});

/** One story, from an empty folder on; through the socket, as beside a running server. */
describe('roomkey', () => {
  beforeAll(() => serveDatabase(path.join(folder, 'data')));

  it('makes a setup link while there is no administrator', async () => {
    const { code, out } = await roomkey('setup-link --json');
    expect(code).toBe(0);
    expect(JSON.parse(out).link).toMatch(/^https:\/\/auth\.demo\.example\/setup\?token=.{43}$/);
  });

  it('tells the mistakes of a file with their lines, and changes nothing', async () => {
    const wrong = path.join(folder, 'wrong.yaml');
    await writeFile(
      wrong,
      'groups:\n  - name: a\nusers:\n  - username: b\n    groups: [c]\n    emal: x\n',
    );
    const { code, out } = await roomkey(['apply', wrong]);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      `${wrong}:5:14: users[0].groups[0]: there is no group c`,
      '    name it under groups',
      `${wrong}:6:5: users[0].emal: unknown key emal`,
      '    did you mean email?',
      '2 mistakes; nothing was changed.',
    ]);
    expect((await roomkey('users list')).out).toBe('Nobody yet.');
    expect((await roomkey(['config', 'check', wrong])).code).toBe(1);
    expect((await roomkey(['apply', '/no/such'])).err).toContain('/no/such cannot be read');
  });

  it('applies the demo once; the second time there is no change', async () => {
    expect((await roomkey(['apply', DEMO, '--dry-run'])).out).toMatch(/19 changes to be made/);
    const applied = JSON.parse((await roomkey(['apply', DEMO, '--json'])).out);
    expect(applied.changes).toHaveLength(19);
    expect((await roomkey(['apply', DEMO])).out).toBe('No change.');
  });

  it('exports what applies without change, from standard input too', async () => {
    const { out } = await roomkey('export');
    expect(out).not.toMatch(/demo-only/);
    expect((await roomkey('apply - --prune', out)).out).toBe('No change.');
  });

  it('makes no setup link any more', async () => {
    const { code, err } = await roomkey('setup-link');
    expect(code).toBe(1);
    expect(err).toContain('There is an administrator already');
  });

  it('adds somebody with a password from standard input', async () => {
    const add = ['users', 'add', 'hedy', '--name', 'Hedy Lamarr', '--group', 'staff'];
    expect((await roomkey(add, 'short')).err).toContain('fewer than 15 characters');
    expect((await roomkey([...add, '--group', 'stafff'], PASSWORD)).err).toContain(
      'did you mean staff',
    );
    expect((await roomkey(add, PASSWORD)).code).toBe(0);
    expect((await roomkey(add, PASSWORD)).err).toContain('signs in as hedy already');
    const users = JSON.parse((await roomkey('users list --json')).out);
    expect(users.find(({ username }: { username: string }) => username === 'hedy')).toMatchObject({
      displayName: 'Hedy Lamarr',
      groups: ['staff'],
    });
    expect(JSON.stringify(users)).not.toContain('argon2');
  });

  it('sets a password, disables and enables', async () => {
    expect((await roomkey('users passwd hedy', PASSWORD)).code).toBe(0);
    expect((await roomkey('users passwd nobody', PASSWORD)).err).toContain('no user nobody');
    expect((await roomkey('users disable hedy')).out).toContain('is disabled');
    expect((await roomkey('users disable hedy --undo')).out).toContain('can sign in again');
    expect((await roomkey('users disable ada')).err).toContain('no administrator');
  });

  it('lists keys, and rotates them with force only while the next is young', async () => {
    const [main] = JSON.parse((await roomkey('keys list main --json')).out);
    const next = main.keys.find(({ stage }: { stage: string }) => stage === 'next');
    expect((await roomkey('keys rotate')).err).toMatch(/not known to every Prosody before 20/);
    const rotated = await roomkey('keys rotate --force --json');
    expect(JSON.parse(rotated.out)).toMatchObject({ issuer: 'main', kid: next.kid });
    expect((await roomkey('keys rotate partner')).err).toContain(
      'has a shared secret, and no keys',
    );
    expect((await roomkey('keys list main')).out).toMatch(/active +jitsi +\S+ +RSA 2048/);
    expect((await roomkey('keys rotate --openid')).code).toBe(1);
    expect((await roomkey('keys list none')).err).toContain('There is no issuer none');
  });

  it('imports a key of one’s own as the next, which signs after a rotation', async () => {
    expect((await roomkey('keys import --help')).out).toContain('roomkey keys rotate on');
    const pem = path.join(folder, 'own.pem');
    await writeFile(pem, '-----BEGIN PUBLIC KEY-----');
    expect((await roomkey(['keys', 'import', 'main', pem])).err).toBe(
      `${pem} is not an unencrypted private key in PEM`,
    );
    expect((await roomkey('keys import main /no/such')).err).toContain('/no/such cannot be read');

    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(pem, privateKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(await roomkey(['keys', 'import', 'partner', pem])).toMatchObject({
      code: 1,
      err: expect.stringContaining('has a shared secret, and no keys'),
    });
    const { nextKid } = JSON.parse((await roomkey(['keys', 'import', 'main', pem, '--json'])).out);
    expect((await roomkey('keys rotate')).err).toContain('--force');
    const rotated = JSON.parse((await roomkey('keys rotate --force --json')).out);
    expect(rotated.kid).toBe(nextKid);
  });

  it('says who gets in where, and why', async () => {
    const board = await roomkey('rule test --user linus --room board');
    expect(board.out).toMatch(/linus does not get into board: use_rule_false/);
    expect(board.out).toContain("miss   rooms[1].useRule: inGroup('board')");
    expect(board.out).toContain("           inGroup('board') → false");
    expect((await roomkey('rule test --user ada --room Board')).out).toContain('gets into board');

    const ask = async (rule: string) =>
      roomkey(['rule', 'test', rule, '--user', 'ada', '--room', 'x', '--ip', '10.1.2.3']);
    expect((await ask("inNetwork('10.0.0.0/8')")).out).toBe('yes');
    expect((await ask("inGroup('teachers')")).out).toBe('no');
    expect(await ask('rooom == "x"')).toMatchObject({
      code: 1,
      out: expect.stringContaining('1:1:'),
    });
    expect((await ask('user.attributes.nothing == 1')).out).toContain('error:');
  });

  it.each([
    ['main', 'staff-1'],
    ['partner', 'algebra'],
  ])(
    'makes a token of issuer %s that its Prosody takes, for that room alone',
    async (issuer, room) => {
      const where = ['--room', room, '--issuer', issuer];
      const issued = await roomkey(['token', 'issue', '--user', 'emmy', ...where]);
      expect(issued.code).toBe(0);
      const taken = await roomkey(['token', 'inspect', ...where], `${issued.out}\n`);
      expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('Prosody takes this') });
      const refused = await roomkey([
        'token',
        'inspect',
        issued.out,
        '--room',
        'z',
        '--issuer',
        issuer,
      ]);
      expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('Prosody refuses') });
      const found = await roomkey(['token', 'inspect', issued.out, '--room', room]);
      expect(found.code).toBe(0);
      expect(found.out).toContain(`Asked: the Prosody of ${issuer}, which the token names`);
    },
  );

  it('asks the main Prosody of a token that names nobody here, and says so', async () => {
    const { code, out } = await roomkey('token inspect nonsense --room a');
    expect(code).toBe(1);
    expect(out).toContain('Asked: the Prosody of main; the token names no issuer of this Roomkey');
  });

  it('makes no token for whom the rules keep out', async () => {
    const { code, err } = await roomkey('token issue --user linus --room board');
    expect(code).toBe(1);
    expect(err).toContain('use_rule_false');
  });

  it('seals everything with a new secret, after which the old one is not needed', async () => {
    const [old, fresh] = ['01'.repeat(32), '02'.repeat(32)];
    const world = { DATA_DIR: path.join(folder, 'sealed') };
    const withSecret = (line: string | readonly string[], secret: string) =>
      type(line, { variables: { ...world, ROOMKEY_SECRET: secret } });

    expect((await withSecret(['apply', DEMO], old)).code).toBe(0);
    expect((await withSecret('keys list', fresh)).err).toContain('ROOMKEY_SECRET is not the one');
    const resealed = await withSecret('secrets reencrypt --json', `${fresh},${old}`);
    expect(JSON.parse(resealed.out)).toEqual({ resealed: 4 });
    expect((await withSecret('token issue --user emmy --room a', fresh)).code).toBe(0);
    expect((await withSecret('keys list', old)).err).toContain('ROOMKEY_SECRET is not the one');
  });
});

describe('the process', () => {
  const run = promisify(execFile);
  const roomkeyProcess = async (...args: string[]) => {
    const runner = file('test/support/run-typescript.js');
    const env = { ...process.env, ...variables };
    try {
      const done = await run(process.execPath, [runner, file('src/main.ts'), ...args], { env });
      return { code: 0, ...done };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  };

  it('ends with the exit code, and keeps output and complaints apart', async () => {
    const listed = await roomkeyProcess('users', 'list', '--json');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)).toHaveLength(13);
    expect(await roomkeyProcess('keys', 'list', 'none')).toMatchObject({ code: 1, stdout: '' });
    expect(await roomkeyProcess('bogus')).toMatchObject({ code: 2, stdout: '' });
  }, 90_000);
});
