import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../src/config/config-file.ts';

const mistakesOf = (text: string) =>
  parseConfigFile(text, '/').mistakes.map(
    ({ line, column, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );

const issuerWith = (...lines: string[]) =>
  ['issuers:', '  - slug: main', '    useRule: 1', ...lines.map((line) => `    ${line}`)].join(
    '\n',
  );

describe('parseConfigFile', () => {
  it('finds nothing wrong with the demo', () => {
    const text = readFileSync(new URL('../../config/demo.yaml', import.meta.url), 'utf8');
    const { file, mistakes } = parseConfigFile(text, '/');
    expect(mistakes).toEqual([]);
    expect(file.users).toHaveLength(12);
    expect(file.issuers).toHaveLength(2);
  });

  it('takes an empty file, and sections without entries', () => {
    expect(mistakesOf('')).toEqual([]);
    expect(parseConfigFile('groups:\nusers: []', '/').file).toEqual({ groups: [], users: [] });
  });

  it.each([
    ['- a', '1:1 the file must be a map of sections'],
    ['groups: 1', '1:9 must be a list'],
    ['user: []', '1:1 unknown key user (did you mean users?)'],
    ['groups:\n  - staff', '2:5 must be a map of keys'],
    ['groups:\n  - name: a\n    nam: x', '3:5 unknown key nam (did you mean name?)'],
    ['groups:\n  - name: 3', '2:11 must be text; put it in quotes'],
    ['groups:\n  - name: a\n  - name: A', '3:11 is already the name of groups[0]'],
    ['groups:\n  - name: "a\\u0000"', '2:11 must be one line of text'],
    ['users:\n  - displayName: Ada', '2:5 username is required'],
    ['users:\n  - username: a\n    admin: yes', '3:12 must be true or false'],
    ['users:\n  - username: a\n    email: ada', '3:12 must be an e-mail address'],
    ['users:\n  - username: a\n    groups: staff', '3:13 must be a list of group names'],
    ['users:\n  - username: a\n  - username: A', '3:15 is already the username of users[0]'],
    ['users:\n  - username: a\n    attributes: { b: { c: 1 } }', '3:22 must be text, a number'],
    ['users:\n  - username: a\n    passwordHash: abc', '3:19 must be an argon2id hash in PHC form'],
    ['issuers:\n  - slug: main', '2:5 useRule is required'],
    ['issuers:\n  - slug: login\n    useRule: 1', '2:11 is one of our own path words'],
    [issuerWith('clients: {}'), '4:14 must be a list of clients'],
    [issuerWith('useRul: 1'), '4:5 unknown key useRul (did you mean useRule?)'],
    [issuerWith('algorithm: ES256'), '4:16 must be one of HS256, HS384'],
    [issuerWith('serverUrl: meet.example.org'), '4:16 must be an address such as https://'],
    [issuerWith('tokenTtlSeconds: 5m'), '4:22 must be a whole number from 10 to 86400'],
    [
      issuerWith('moderatorRule: inGroup("a") && rooom == "b"'),
      '4:36 Unknown variable: rooom (did',
    ],
    [issuerWith('moderatorRule: "1 +"'), '4:2'],
    [issuerWith('features: { recordin: 1 }'), '4:27 Jitsi knows no feature recordin (did you'],
    [issuerWith('extraClaims: { room: username }'), '4:26 room is reserved'],
    [
      issuerWith('rooms:', '  - match: a', '    lobby: { bypas: 1 }'),
      '6:18 unknown key bypas (did',
    ],
    [issuerWith('rooms:', '  - match: a', '  - match: a'), '6:16 is already the match of rooms[0]'],
    [
      issuerWith('moderatorRule: |', '  inGroup("a") &&', '    user.nme == "x"'),
      '6:14 No such key: nme',
    ],
    [issuerWith('algorithm: HS256', 'secret: short'), '5:13 is too short for HS256: 5 bytes, at'],
    [
      issuerWith('algorithm: HS512', `secret: ${'x'.repeat(63)}`),
      '5:13 is too short for HS512: 63',
    ],
    [issuerWith(`secret: ${'x'.repeat(64)}`), '4:13 an issuer with RS256 has keys of its own'],
    [issuerWith('algorithm: HS256', 'secretFile: no/such'), '5:17 cannot be read: ENOENT'],
    ['groups:\n  - name: a\n    name: b', '3:5 Map keys must be unique'],
    ['groups: [', '1:10 Flow sequence in block collection must be'],
    ['groups: *all', '1:1 Unresolved alias'],
  ])('tells the place of the mistake in %j', (text, expected) => {
    const mistakes = mistakesOf(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.slice(0, expected.length)).toBe(expected);
  });

  it('tells all mistakes at once, from top to bottom', () => {
    const mistakes = mistakesOf(
      [
        'gruops: []',
        'users:',
        '  - username: ada',
        '    emial: x',
        '    admin: 3',
        'issuers:',
        '  - slug: main',
        '    useRule: inGrup("a")',
        '    tokenTtlSeconds: 0',
        '    delivry: query',
        '    algorithm: HS256',
        '    secret: hunter2',
      ].join('\n'),
    );
    expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
      '1',
      '4',
      '5',
      '8',
      '9',
      '10',
      '12',
    ]);
    expect(mistakes.join('\n')).not.toContain('hunter2');
  });

  it('reads a secret from the file beside it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'roomkey-'));
    writeFileSync(join(folder, 'secret'), `${'s'.repeat(32)}\n`);
    const text = issuerWith('algorithm: HS256', 'secretFile: secret');
    const { file, mistakes } = parseConfigFile(text, folder);
    expect(mistakes).toEqual([]);
    expect(file.issuers?.[0]?.entry.secret).toBe('s'.repeat(32));

    const clients = (secret: string) =>
      issuerWith(`clients: [{ clientId: w, kind: oidc, redirectUris: ['https://w/'], ${secret} }]`);
    const own = parseConfigFile(clients('secretFile: secret'), folder);
    expect(own.mistakes).toEqual([]);
    expect(own.file.issuers?.[0]?.entry.clients?.[0]?.secret).toBe('s'.repeat(32));
    const wrong = parseConfigFile(clients('secretFile: no/such'), folder).mistakes;
    expect(wrong.map(({ path }) => path.join('.'))).toEqual(['issuers.0.clients.0.secretFile']);
  });

  it('takes numbers and truth values for the rules they stand for', () => {
    const { file } = parseConfigFile(issuerWith('moderatorRule: false'), '/');
    expect(file.issuers?.[0]?.entry).toMatchObject({ useRule: '1', moderatorRule: 'false' });
  });

  it('checks the rules of an entry whose name is missing or wrong, too', () => {
    const wrong =
      'issuers:\n  - slug: Not A Slug\n    useRule: inGrup("x")\n  - moderatorRule: rooom\n';
    const { mistakes } = parseConfigFile(wrong, '/');
    expect(mistakes.map(({ path }) => path.join('.'))).toEqual(
      expect.arrayContaining(['issuers.0.slug', 'issuers.0.useRule', 'issuers.1.moderatorRule']),
    );
  });
});
