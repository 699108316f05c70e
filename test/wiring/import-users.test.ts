import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type Typed, type } from '../support/typed.ts';

const DEMO = fileURLToPath(new URL('../../config/demo.yaml', import.meta.url));
const folder = await scratchFolder();
const variables = { DATA_DIR: path.join(folder, 'data') };
const roomkey = (line: string | readonly string[]): Promise<Typed> => type(line, { variables });

describe('roomkey import users', () => {
  it('tells what would happen, does it, and says what was left out', async () => {
    const htpasswd = path.join(folder, 'meet.htpasswd');
    const hash = '$2y$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq';
    await writeFile(htpasswd, `dorothy:${hash}\nbarbara:$apr1$a$b\ndorothy:${hash}\n`);

    const early = await roomkey(['import', 'users', htpasswd, '--dry-run']);
    expect(early.err).toContain('DATA_DIR must name the one');
    await roomkey('migrate');
    const trial = await roomkey(['import', 'users', htpasswd, '--dry-run']);
    expect(trial.code).toBe(1);
    expect(trial.out.split('\n')).toEqual([
      '1 × MD5, which is not taken: that person needs a new password',
      'line 3 (dorothy): Line 1 has this name or address already.',
      '2 added, 0 changed, 0 as they were, 1 left out: that is what would happen; nothing was changed.',
    ]);
    expect((await roomkey('users list')).out).not.toContain('dorothy');

    const done = JSON.parse((await roomkey(['import', 'users', htpasswd, '--json'])).out);
    expect(done).toMatchObject({ applied: true, created: 2, error: 1 });
    expect((await roomkey('users list')).out).toMatch(/barbara[^]*dorothy/);
    const again = await roomkey(['import', 'users', htpasswd, '--leave-existing']);
    expect(again.out).toContain('0 added, 0 changed, 2 as they were, 1 left out.');
  }, 60_000);

  it('lets no name of the file command the terminal', async () => {
    const htpasswd = path.join(folder, 'hostile.htpasswd');
    await writeFile(htpasswd, '\u001B[2Jred:x\nleft\u202Eright:x\n');
    const { out } = await roomkey(['import', 'users', htpasswd, '--dry-run']);
    expect(out).toContain('line 1 (\uFFFD[2Jred)');
    expect(out).toContain('line 2 (left\uFFFDright)');
  });

  it('reads the folder of a Prosody’s accounts', async () => {
    const accounts = path.join(folder, 'accounts');
    await mkdir(accounts);
    const text = `return {\n\t["iteration_count"] = 10000;\n\t["stored_key"] = "${'a'.repeat(40)}";\n\t["salt"] = "x1";\n};\n`;
    await writeFile(path.join(accounts, 'mary%2eanning.dat'), text);
    const { code, out } = await roomkey(['import', 'users', accounts]);
    expect([code, out]).toEqual([0, '1 added, 0 changed, 0 as they were, 0 left out.']);
    expect((await roomkey('users list')).out).toContain('mary.anning');
  });

  it.each([
    ['a file that is not there', '/no/such.ldif', 1, '/no/such.ldif cannot be read'],
    ['a kind it cannot guess', fileURLToPath(import.meta.url), 2, 'what kind of file is'],
    ['a file of another kind', DEMO, 1, 'is no LDIF', 'ldif'],
    ['a kind it does not know', DEMO, 2, '--from must be one of csv, htpasswd', 'vcard'],
  ])('refuses %s in words', async (_what, name, code, message, from?: string) => {
    const answer = await roomkey(['import', 'users', name, ...(from ? ['--from', from] : [])]);
    expect(answer.code).toBe(code);
    expect(answer.err).toContain(message);
    expect(answer.err).not.toContain('    at ');
  });
});
