/**
 * What strangers type for a name and a password: it finds nobody, and what the directory is asked
 * tells them nothing.
 */
import { type AddressInfo, connect, createServer } from 'node:net';
import * as fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { atEnd } from '../support/at-end.ts';
import { describeWithSlapd, type Slapd, startSlapd } from '../support/slapd.ts';
import {
  anLdapUpstream,
  groupLdif,
  localDirectory,
  personDn,
  personLdif,
  reach,
} from './ground.ts';

/** Filters and names put where a name belongs (RFC 4514, 4515), and what libraries stumble on. */
const CORPUS = [
  '*',
  '**',
  'ro*',
  '*oot',
  'r*t',
  '(root)',
  '(uid=root)',
  'root)',
  'root))',
  'root)(uid=*',
  'root)(|(uid=*',
  'root)(|(uid=*))',
  'root)(&(objectClass=*',
  'root)(!(uid=x)',
  'x)(uid=root',
  'x)(|(uid=root)(uid=x',
  '*)(objectClass=*))(|(uid=*',
  '*)(uid=*))(|(uid=*',
  'x))(|(uid=root',
  ')(cn=*',
  '|(uid=*)',
  '&',
  '!(uid=x)',
  'uid=root',
  'uid:=root',
  'root:caseExactMatch:=root',
  ':dn:=root',
  '>=a',
  '~=root',
  '\\72\\6f\\6f\\74',
  '\\',
  'root\\',
  'root\\00',
  'root\0',
  '\0root',
  'root\0)(uid=*',
  '%2a',
  '%00root',
  'roo\u0000t',
  '\ud800',
  'root\udfff',
  '\ufeff*',
  '\u2217',
  '＊',
  '{login}',
  '{{login}}',
  '$`root',
  '__proto__',
  'uid=root,ou=people,dc=example,dc=org',
  'uid=root,ou=people',
  'root,ou=people',
  'root+cn=root',
  '"root"',
  '<root>',
  '#726f6f74',
  `root${' '.repeat(300)}x`,
  'root'.repeat(5000),
  '',
  ' ',
  '\t\n',
];

/** People who may be called so; each is in one group, alone. */
const ODD = [
  'a*b',
  'par(en)s',
  'back\\slash',
  '\\2a',
  'münchen',
  '名前',
  'co,mma+plus',
  '"q"',
  '#x',
  '$&',
];

const PASSWORD = 'root password';

describeWithSlapd('a stranger', () => {
  let slapd: Slapd;
  const directory = localDirectory();

  beforeAll(async () => {
    const more = [
      'mail: root@example.org',
      'sAMAccountName: root',
      'userPrincipalName: root@example.org',
    ];
    slapd = await startSlapd(
      [
        personLdif({ uid: 'root', more: [...more, 'description: the first root'] }),
        personLdif({ uid: 'locked', more: ['pwdAccountLockedTime: 000001010000Z'] }),
        personLdif({ uid: 'shut', more: ['nsAccountLock: TRUE'] }),
        ...['twin1', 'twin2'].map((uid) => personLdif({ uid, more: ['mail: twins@example.org'] })),
        ...ODD.flatMap((uid, nth) => [
          personLdif({ uid }),
          groupLdif(`of-${nth}`, [personDn(uid)]),
        ]),
      ].join('\n'),
    );
  });

  it.each([
    anLdapUpstream().userFilter,
    '(&(objectClass=person)(|(sAMAccountName={login})(userPrincipalName={login})(mail={login})))',
    '(|(cn:caseExactMatch:={login})(!(!(uid={login}))))',
  ])('finds nobody by what they put into %s', async (userFilter) => {
    const reached = reach(slapd, { userFilter });
    expect((await directory.authenticate(reached, 'root', PASSWORD)).kind).toBe('right');
    for (const name of CORPUS)
      expect([name, await directory.authenticate(reached, name, PASSWORD)]).toEqual([
        name,
        { kind: 'unknown_name' },
      ]);
  });

  it('finds nobody by a name the directory alone takes for theirs', async () => {
    const ask = async (name: string) => {
      const userFilter = '(description={login})';
      return (await directory.authenticate(reach(slapd, { userFilter }), name, PASSWORD)).kind;
    };
    expect(await ask('the first root')).toBe('right');
    expect(await ask('THE FIRST root')).toBe('right');
    expect(await ask('the  first root')).toBe('unknown_name');
    expect(await ask('the first   root')).toBe('unknown_name');
  });

  it('finds nobody by anything else', async () => {
    const part = fc.constantFrom(
      'root',
      '*',
      '(',
      ')',
      '\\',
      '|',
      '&',
      '=',
      'uid',
      '\0',
      ' ',
      ',',
      'é',
    );
    const name = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(name, async (typed) => {
        fc.pre(typed.trim() !== 'root');
        const { kind } = await directory.authenticate(reach(slapd), typed, PASSWORD);
        return kind === 'unknown_name';
      }),
      { numRuns: 60 },
    );
  });

  it.each(ODD.map((uid, nth) => [uid, nth] as const))(
    'may be called %s, and is in the group that names them',
    async (uid, nth) => {
      const found = await directory.authenticate(reach(slapd), uid, `${uid} password`);
      expect(found).toMatchObject({
        kind: 'right',
        assertion: { claims: { uid, groups: [`of-${nth}`] } },
      });
    },
  );

  it('cannot tell by what the directory is asked who is there', async () => {
    const relay = await startRelay(slapd.port);
    const reached = reach(slapd, {
      urls: [`ldap://127.0.0.1:${relay.port}`],
      security: 'none',
    });
    const ask = async (name: string, password: string) => {
      relay.asked.length = 0;
      const { kind } = await directory.authenticate(reached, name, password);
      return [kind, relay.asked.join(' ')];
    };
    const SAME = 'bind search bind';
    expect(await ask('nobody', 'wrong')).toEqual(['unknown_name', SAME]);
    expect(await ask('root', 'wrong')).toEqual(['wrong', SAME]);
    expect(await ask('shut', 'wrong')).toEqual(['wrong', SAME]);
    expect(await ask('locked', 'locked password')).toEqual(['wrong', SAME]);
    expect(await ask('twins@example.org', 'twin1 password')).toEqual(['ambiguous', SAME]);
    expect(await ask('root', PASSWORD)).toEqual(['right', expect.stringContaining('search')]);
  });
});

const OPERATIONS: Readonly<Record<number, string>> = { 0x60: 'bind', 0x63: 'search' };

/** Hands everything on in the clear, and writes down what is asked (RFC 4511, section 4.2). */
async function startRelay(port: number) {
  const asked: string[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (message) => {
      const operation = OPERATIONS[message[operationAt(message)] ?? 0];
      if (operation) asked.push(operation);
    });
    near
      .on('error', () => {})
      .pipe(far)
      .on('error', () => {})
      .pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => void server.close());
  return { asked, port: (server.address() as AddressInfo).port };
}

/** Behind the lengths of the envelope and the number of the message (ITU-T X.690, section 8.1.3). */
function operationAt(message: Buffer): number {
  const length = message[1] ?? 0;
  const id = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return id + 2 + (message[id + 1] ?? 0);
}
