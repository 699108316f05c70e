import { assert, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAccountDisabled } from '../../../src/domain/upstreams/ldap/account-state.ts';
import { toAssertion } from '../../../src/domain/upstreams/ldap/assertion.ts';
import { dnKey, isWithin } from '../../../src/domain/upstreams/ldap/dn.ts';
import type { DirectoryEntry } from '../../../src/domain/upstreams/ldap/entry.ts';
import { escapeFilterValue, fillFilter } from '../../../src/domain/upstreams/ldap/filter.ts';
import { guidBytes, guidText } from '../../../src/domain/upstreams/ldap/guid.ts';
import { NOW } from '../../factories.ts';

type Values = readonly (string | Uint8Array)[];

function anEntry(attributes: Readonly<Record<string, Values>>): DirectoryEntry {
  return {
    dn: 'uid=ada,dc=example,dc=org',
    attributes: new Map(
      Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), { name, values }]),
    ),
  };
}

describe('a filter', () => {
  it('holds a name as a value, whatever is in it', () => {
    const unescape = (text: string) =>
      text.replace(/\\([\da-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    assert(
      property(string({ unit: 'binary' }), (name) => {
        const escaped = escapeFilterValue(name);
        expect(escaped).not.toMatch(/[*()\0]/);
        expect(unescape(escaped)).toBe(name);
      }),
    );
  });

  it('has the name in every place that asks for it, and no space between its parts', () => {
    expect(fillFilter(' ( & (objectClass=a b)\n (| (uid={login}) (mail={login}) ) )', '$&*')).toBe(
      '(&(objectClass=a b)(|(uid=$&\\2a)(mail=$&\\2a)))',
    );
  });
});

describe('a distinguished name', () => {
  it.each([
    ['cn=A,dc=b', 'CN=a, DC=B'],
    ['cn=a\\,b,dc=c', 'cn=a\\2cb,dc=c'],
    ['cn=m\\C3\\BCnchen', 'cn=München'],
    ['cn=a  b', 'cn=a b'],
    ['cn=a+sn=b,dc=c', 'sn=B+cn=A,dc=c'],
  ])('%s is %s', (one, other) => {
    expect(dnKey(one)).toBe(dnKey(other));
  });

  it.each([
    ['cn=a,cn=b', 'cn=a\\,cn=b'],
    ['cn=a', 'sn=a'],
    ['cn=a', 'cn=a,dc=b'],
    ['cn=a%2cb', 'cn=a\\,b'],
  ])('%s is not %s', (one, other) => {
    expect(dnKey(one)).not.toBe(dnKey(other));
  });

  it('lies below another by whole parts', () => {
    expect(isWithin('cn=a,OU=groups,dc=b', 'ou=Groups, dc=b')).toBe(true);
    expect(isWithin('cn=a,ou=moregroups,dc=b', 'ou=groups,dc=b')).toBe(false);
    expect(isWithin('cn=a\\,dc=b', 'dc=b')).toBe(false);
  });
});

describe('objectGUID', () => {
  it('is written as Active Directory writes it', () => {
    const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
    expect(guidText(bytes)).toBe('00112233-4455-6677-8899-aabbccddeeff');
    expect(guidText(bytes.subarray(1))).toBeUndefined();
  });

  it('is the same after a round', () => {
    assert(
      property(uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(guidBytes(guidText(bytes) ?? '')).toEqual(bytes);
      }),
    );
    expect(guidBytes('no guid')).toBeUndefined();
  });
});

describe('an account', () => {
  const filetime = (date: string) =>
    String((BigInt(Date.parse(date)) + 11_644_473_600_000n) * 10_000n);
  const day = Math.floor(NOW.getTime() / 86_400_000);

  it.each([
    ['userAccountControl', '514', true],
    ['userAccountControl', '66050', true],
    ['userAccountControl', '512', false],
    ['userAccountControl', 'x', false],
    ['accountExpires', filetime('2026-01-05T08:59:59Z'), true],
    ['accountExpires', filetime('2026-01-05T09:00:01Z'), false],
    ['accountExpires', '0', false],
    ['accountExpires', '9223372036854775807', false],
    ['pwdAccountLockedTime', '000001010000Z', true],
    ['pwdAccountLockedTime', '20260105085900Z', false],
    ['lockoutTime', '133000000000000000', false],
    ['nsAccountLock', 'TRUE', true],
    ['nsAccountLock', 'true', true],
    ['nsAccountLock', 'FALSE', false],
    ['loginDisabled', 'TRUE', true],
    ['shadowExpire', '1', true],
    ['shadowExpire', String(day), true],
    ['shadowExpire', String(day + 1), false],
    ['shadowExpire', '-1', false],
    ['shadowExpire', '', false],
  ])('with %s %s is shut: %s', (name, value, isShut) => {
    expect(isAccountDisabled(anEntry({ [name]: [value] }), NOW)).toBe(isShut);
  });
});

describe('what an entry says', () => {
  const reads = { subjectAttribute: 'entryUUID', pictureAttribute: 'thumbnailPhoto' };
  const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1);

  it('leaves secrets, bytes and variants in other languages out', () => {
    const secrets =
      'userPassword unicodePwd sambaNTPassword ntPwdHistory dBCSPwd ipaNTHash ms-Mcs-AdmPwd ' +
      'msLAPS-Password supplementalCredentials krbPrincipalKey clearPassword pwdHistory ' +
      'ipatokenOTPkey userPKCS12 goSecret';
    const entry = anEntry({
      ...Object.fromEntries(secrets.split(' ').map((name) => [name, ['geheim']])),
      entryUUID: ['1'],
      cn: ['Ada'],
      mail: ['a@example.org', 'b@example.org'],
      'cn;lang-de': ['Ada'],
      objectSid: [Uint8Array.of(1, 200)],
      mixed: ['text', Uint8Array.of(200)],
      nul: ['a\0b'],
      dn: ['uid=somebody else'],
      groups: ['administrators'],
      thumbnailPhoto: [Uint8Array.of(1, 2, 3), PNG],
    });
    const assertion = toAssertion(reads, entry, { groups: ['staff'], now: NOW });
    expect(assertion).toEqual({
      subject: '1',
      claims: {
        entryUUID: '1',
        cn: 'Ada',
        mail: ['a@example.org', 'b@example.org'],
        dn: 'uid=ada,dc=example,dc=org',
        groups: ['staff'],
      },
      disabled: false,
      mfa: false,
      picture: PNG,
    });
  });

  it.each([[[]], [['']], [['a', 'b']], [['a\0']], [['x'.repeat(256)]], [[Uint8Array.of(1)]]])(
    'is nobody with the subject %j',
    (entryUUID) => {
      expect(toAssertion(reads, anEntry({ entryUUID }), { groups: [], now: NOW })).toBeUndefined();
    },
  );
});
