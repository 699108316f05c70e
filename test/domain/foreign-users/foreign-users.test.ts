import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHtpasswd } from '../../../src/domain/foreign-users/htpasswd.ts';
import { readKeycloak } from '../../../src/domain/foreign-users/keycloak.ts';
import { parseLdif } from '../../../src/domain/foreign-users/ldif.ts';
import { readLdifPeople } from '../../../src/domain/foreign-users/ldif-people.ts';
import { readProsodyAccounts } from '../../../src/domain/foreign-users/prosody.ts';
import { UnreadableUsers } from '../../../src/domain/foreign-users/reading.ts';

const BCRYPT = '$2y$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq';

describe('readHtpasswd', () => {
  it('takes bcrypt, and says what it leaves out', () => {
    const { people, remarks } = readHtpasswd(
      `ada:${BCRYPT}\r\n# a remark\n\ngrace:$apr1$abc$def\nlinus:{SHA}xyz\nmore:${BCRYPT}:rest\n`,
    );
    expect(people).toEqual([
      { line: 1, cells: { username: 'ada', passwordHash: BCRYPT } },
      { line: 4, cells: { username: 'grace' } },
      { line: 5, cells: { username: 'linus' } },
      { line: 6, cells: { username: 'more', passwordHash: BCRYPT } },
    ]);
    expect(remarks).toEqual([
      '1 × MD5, which is not taken: that person needs a new password',
      '1 × SHA-1, which is not taken: that person needs a new password',
    ]);
  });
});

const LDIF = `version: 1

dn: uid=ada,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
mail: ada@example.org
userPassword:: ${Buffer.from(`{CRYPT}${BCRYPT}`).toString('base64')}

# machines of a directory
dn: CN=Grace Hopper,OU=Staff,DC=example,DC=org
objectClass: top
objectClass: person
objectClass: user
sAMAccountName: grace
displayName;lang-en: Grace
 Hopper
memberOf: CN=Chairs\\, inner,OU=Groups,DC=example,DC=org
userAccountControl: 514
userPassword: {SSHA}abcdef
jpegPhoto:< file:///etc/passwd

dn: CN=PC1,DC=example,DC=org
objectClass: user
objectClass: computer
sAMAccountName: PC1$

dn: cn=staff,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: staff
member: UID=ada,OU=people,DC=example,DC=org

dn: cn=unix,ou=groups,dc=example,dc=org
objectClass: posixGroup
cn: unix
memberUid: Ada

dn: cn=nobody,dc=example,dc=org
objectClass: person
cn: Nobody
`;

describe('readLdifPeople', () => {
  it('reads people, their groups on either side, flags and hashes', () => {
    const { people, remarks } = readLdifPeople(LDIF);
    expect(people.map(({ cells }) => cells)).toEqual([
      {
        username: 'ada',
        displayName: 'Ada Lovelace',
        email: 'ada@example.org',
        groups: 'staff; unix',
        passwordHash: BCRYPT,
      },
      {
        username: 'grace',
        displayName: 'GraceHopper',
        groups: 'Chairs, inner',
        disabled: 'yes',
      },
    ]);
    expect(remarks).toEqual([
      '1 × password kept as SSHA, which is not taken: that person needs a new one',
      '1 × entry without uid, sAMAccountName and mail: nobody could sign in with it',
    ]);
  });

  it.each([
    ['no LDIF', 'dn: x\nnonsense\n', /line 2 is no LDIF/],
    ['changes', 'dn: x\nchangetype: delete\n', /line 2: changes are not read/],
  ])('refuses %s, with the line', (_what, text, message) => {
    expect(() => parseLdif(text)).toThrow(message);
  });

  it('reads any text, or says that it is none', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        try {
          expect(readLdifPeople(text).people).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableUsers);
        }
      }),
    );
  });
});

const argon2 = {
  hashLength: ['32'],
  memory: ['7168'],
  type: ['id'],
  version: ['1.3'],
  parallelism: ['1'],
};
const credential = (algorithm: string, value: string, additionalParameters = {}) => ({
  type: 'password',
  secretData: JSON.stringify({ value, salt: 'c2FsdHNhbHRzYWx0c2FsdA==', additionalParameters: {} }),
  credentialData: JSON.stringify({ hashIterations: 5, algorithm, additionalParameters }),
});

describe('readKeycloak', () => {
  it('reads users, group paths and the hashes it knows; no accounts of clients', () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    const { people, remarks } = readKeycloak(
      JSON.stringify({
        realm: 'jitsi-realm',
        users: [
          {
            username: 'ada',
            firstName: 'Ada',
            lastName: 'Lovelace',
            email: 'ada@example.org',
            enabled: true,
            groups: ['/staff/chairs', '/jitsi'],
            credentials: [{ type: 'otp' }, credential('argon2', key, argon2)],
          },
          { username: 'grace', enabled: false, credentials: [credential('pbkdf2-sha256', key)] },
          { username: 'linus', credentials: [credential('rot13', key)] },
          { username: 'service-account-x', serviceAccountClientId: 'x' },
        ],
      }),
    );
    const salt = 'c2FsdHNhbHRzYWx0c2FsdA';
    expect(people.map(({ cells }) => cells)).toEqual([
      {
        username: 'ada',
        displayName: 'Ada Lovelace',
        email: 'ada@example.org',
        groups: 'staff/chairs; jitsi',
        passwordHash: `$argon2id$v=19$m=7168,t=5,p=1$${salt}$${key.replace('=', '')}`,
      },
      {
        username: 'grace',
        disabled: 'yes',
        passwordHash: `$pbkdf2-sha256$i=5$${salt}$${key.replace('=', '')}`,
      },
      { username: 'linus' },
    ]);
    expect(remarks).toEqual([
      '1 × password in a form that is not taken: that person needs a new one',
      '1 × account of a client, which is no person',
    ]);
  });

  it.each([['nonsense'], ['[]'], ['{"realm":"x"}'], ['{"users":[{"username":7}]}']])(
    'refuses %s in words',
    (text) => {
      expect(() => readKeycloak(text)).toThrow(UnreadableUsers);
    },
  );
});

describe('readProsodyAccounts', () => {
  const file = (stored: string) => `return {
	["iteration_count"] = 10000;
	["stored_key"] = "${stored}";
	["server_key"] = "${'b'.repeat(40)}";
	["salt"] = "1f4a-uuid";
};
`;

  it('reads names and SCRAM keys, and never a plain password', () => {
    const { people, remarks } = readProsodyAccounts([
      { name: 'ada%2elovelace.dat', text: file('a'.repeat(40)) },
      { name: 'grace.dat', text: 'return {\n\t["password"] = "secret";\n};\n' },
      { name: '%zz.dat', text: '' },
    ]);
    expect(people.map(({ cells }) => cells)).toEqual([
      {
        username: 'ada.lovelace',
        passwordHash: `$scram-sha-1$i=10000$MWY0YS11dWlk$${Buffer.alloc(20, 0xaa).toString('base64').replace('=', '')}`,
      },
      { username: 'grace' },
    ]);
    expect(remarks).toHaveLength(2);
    expect(JSON.stringify({ people, remarks })).not.toContain('secret');
  });
});

describe('readKeycloak, of hashes nobody could check', () => {
  it.each([
    ['constructor', 27_500],
    ['__proto__', 27_500],
    ['pbkdf2-sha256', 0],
    ['pbkdf2-sha256', 1.5],
    ['pbkdf2-sha256', 1e21],
  ])('takes the person without: %s, %d rounds', (algorithm, hashIterations) => {
    const password = {
      type: 'password',
      secretData: JSON.stringify({ value: `${'A'.repeat(43)}=`, salt: 'c2FsdA==' }),
      credentialData: JSON.stringify({ hashIterations, algorithm }),
    };
    const text = JSON.stringify({ users: [{ username: 'ada', credentials: [password] }] });
    expect(readKeycloak(text)).toEqual({
      people: [{ line: 0, cells: { username: 'ada' } }],
      remarks: ['1 × password in a form that is not taken: that person needs a new one'],
    });
  });
});

describe('readLdifPeople, of a large directory', () => {
  it('reads a group of 60000 and somebody of 60000 groups in seconds', { timeout: 10_000 }, () => {
    const many = Array.from({ length: 60_000 }, (_, nth) => nth);
    const all = many.map((nth) => `member: uid=u${nth},dc=x`).join('\n');
    const small = many.map((nth) => `\ndn: cn=g${nth}\nobjectClass: group\nmember: uid=ada\n`);
    const text = `dn: cn=all\nobjectClass: group\n${all}\n${small.join('')}`;
    const ada = '\ndn: uid=ada\nobjectClass: person\nuid: ada\n';
    expect(readLdifPeople(text + ada).people).toHaveLength(1);
  });
});
