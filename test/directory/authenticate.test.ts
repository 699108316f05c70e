import { beforeAll, describe, expect, it } from 'vitest';
import type { Reached } from '../../src/directory/directory.ts';
import { describeWithSlapd, type Slapd, startSlapd } from '../support/slapd.ts';
import {
  base64,
  groupDn,
  groupLdif,
  localDirectory,
  personDn,
  personLdif,
  reach,
} from './ground.ts';

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(100, 7)]);
const GUID = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
const ADA_ID = '6b1f2f8e-0000-4000-8000-00000000ada0';

const LDIF = [
  personLdif({
    uid: 'ada',
    more: [
      'givenName: Ada',
      'mail: ada@example.org',
      'mail: countess@example.org',
      `jpegPhoto:: ${base64(JPEG)}`,
      `objectGUID:: ${base64(GUID)}`,
      'sAMAccountName: alovelace',
      `entryUUID: ${ADA_ID}`,
    ],
  }),
  personLdif({ uid: 'twin1', more: ['mail: twins@example.org'] }),
  personLdif({ uid: 'twin2', more: ['mail: twins@example.org'] }),
  personLdif({ uid: 'gone-ad', more: ['userAccountControl: 514'] }),
  personLdif({ uid: 'expired-ad', more: ['accountExpires: 132000000000000000'] }),
  personLdif({ uid: 'normal-ad', more: ['userAccountControl: 512', 'accountExpires: 0'] }),
  personLdif({ uid: 'gone-389', more: ['nsAccountLock: TRUE'] }),
  personLdif({ uid: 'gone-shadow', more: ['shadowExpire: 1'] }),
  personLdif({ uid: 'locked', more: ['pwdAccountLockedTime: 000001010000Z'] }),
  personLdif({
    uid: 'big-picture',
    more: [`jpegPhoto:: ${base64(Buffer.concat([JPEG, Buffer.alloc(1024 * 1024)]))}`],
  }),
  groupLdif('staff', [personDn('ada')]),
  groupLdif('everybody', [groupDn('staff'), groupDn('round')]),
  groupLdif('round', [groupDn('everybody')]),
  groupLdif('unique', [personDn('ada')], 'uniqueMember'),
  `dn: ${groupDn('posix')}\nobjectClass: posixGroup\ncn: posix\ngidNumber: 7\nmemberUid: ada\n`,
  groupLdif('others', [personDn('twin1')]),
  `dn: ou=elsewhere,dc=example,dc=org\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://elsewhere.example.net/dc=x\n`,
].join('\n');

describeWithSlapd('a directory people sign in with', () => {
  let slapd: Slapd;
  let company: Reached;
  const directory = localDirectory();

  beforeAll(async () => {
    slapd = await startSlapd(LDIF);
    company = reach(slapd, { pictureAttribute: 'jpegPhoto' });
  });

  const signIn = (login: string, password = `${login} password`, reached = company) =>
    directory.authenticate(reached, login, password);

  it('tells who somebody is, with claims, groups of groups and a picture', async () => {
    const { kind, ...rest } = await signIn('ada');
    expect(kind).toBe('right');
    expect(rest).toMatchObject({
      assertion: {
        subject: ADA_ID,
        disabled: false,
        mfa: false,
        claims: {
          uid: 'ada',
          dn: personDn('ada'),
          mail: ['ada@example.org', 'countess@example.org'],
          groups: ['everybody', 'posix', 'round', 'staff', 'unique'],
        },
      },
    });
    const { assertion } = rest as { assertion: { picture: Uint8Array; claims: object } };
    expect(Buffer.from(assertion.picture)).toEqual(JPEG);
    expect(Object.keys(assertion.claims)).not.toContain('userPassword');
    expect(Object.keys(assertion.claims)).not.toContain('jpegPhoto');
    expect(JSON.stringify(assertion.claims)).not.toContain('ada password');
  });

  it.each([
    ['ada', 'ada password', true],
    ['ada', 'wrong', false],
    ['ada', '', false],
    ['gone-389', 'gone-389 password', false],
  ])('proves %s once more with %j: %s', async (uid, password, isRight) => {
    const found = await directory.find(company, uid);
    const subject = found.kind === 'found' ? found.assertion.subject : '';
    expect(await directory.proveAgain(company, subject, password)).toBe(isRight);
    expect(await directory.proveAgain(company, '*', password)).toBe(false);
  });

  it('leaves groups of groups alone when they are not wanted', async () => {
    const flat = reach(slapd, { nestedGroups: false });
    const found = await directory.find(flat, 'ada');
    expect(found).toMatchObject({
      assertion: { claims: { groups: ['posix', 'staff', 'unique'] } },
    });
  });

  it('takes any attribute for the subject, objectGUID as the text of a GUID', async () => {
    const ad = reach(slapd, {
      subjectAttribute: 'objectGUID',
      userFilter: '(sAMAccountName={login})',
    });
    expect(await signIn('alovelace', 'ada password', ad)).toMatchObject({
      assertion: { subject: '00112233-4455-6677-8899-aabbccddeeff' },
    });
    const subject = '00112233-4455-6677-8899-aabbccddeeff';
    const there = await directory.stillThere(ad, [subject, '00112233-4455-6677-8899-000000000000']);
    expect([...there]).toEqual([subject]);
    const byMail = reach(slapd, { subjectAttribute: 'givenName' });
    expect(await signIn('ada', undefined, byMail)).toMatchObject({ assertion: { subject: 'Ada' } });
  });

  it.each(['mail', 'noSuchAttribute'])(
    'refuses who has no single %s for a subject',
    async (name) => {
      const wrong = reach(slapd, { subjectAttribute: name });
      await expect(signIn('ada', undefined, wrong)).rejects.toMatchObject({
        code: 'subject_missing',
      });
    },
  );

  it('knows nobody by a name that nobody has', async () => {
    expect(await signIn('nobody')).toEqual({ kind: 'unknown_name' });
  });

  it.each(['', 'wrong', 'ada password\0', '\0'])('refuses the password %j', async (password) => {
    expect(await signIn('ada', password)).toEqual({ kind: 'wrong' });
  });

  it('lets none in of two who answer to a name', async () => {
    expect(await signIn('twins@example.org', 'twin1 password')).toEqual({ kind: 'ambiguous' });
  });

  it.each(['gone-ad', 'expired-ad', 'gone-389', 'gone-shadow'])(
    'tells that %s may not sign in, and only with the right password',
    async (uid) => {
      expect(await signIn(uid)).toMatchObject({ kind: 'disabled', assertion: { disabled: true } });
      expect(await signIn(uid, 'wrong')).toEqual({ kind: 'wrong' });
    },
  );

  it('lets a usual account of Active Directory in', async () => {
    expect(await signIn('normal-ad')).toMatchObject({ kind: 'right' });
  });

  it('sees who was locked by an administrator', async () => {
    expect(await signIn('locked')).toEqual({ kind: 'wrong' });
    expect(await directory.find(company, 'locked')).toMatchObject({
      assertion: { disabled: true },
    });
  });

  it('leaves pictures that are too large where they are', async () => {
    const found = await directory.find(company, 'big-picture');
    expect(found).toMatchObject({ kind: 'found', assertion: { picture: undefined } });
  });

  describe('set up wrongly', () => {
    it.each([
      [{ baseDn: 'dc=nowhere,dc=org' }, /base_dn_missing|search_refused|referral/],
      [{ userFilter: '(uid={login}' }, /filter_wrong/],
      [{ groupFilter: '(objectClass' }, /filter_wrong/],
      [{ bindDn: 'cn=nobody,dc=example,dc=org' }, /bind_refused/],
      [{ bindDn: 'no name at all' }, /bind_refused/],
      [{ bindDn: undefined }, /search_refused|base_dn_missing/],
      [{ baseDn: 'ou=elsewhere,dc=example,dc=org' }, /referral/],
    ])('%j is told with its cause', async (overrides, code) => {
      const failure = await signIn('ada', undefined, reach(slapd, overrides)).catch((e) => e);
      expect(failure).toMatchObject({
        name: 'DirectoryFailure',
        code: expect.stringMatching(code),
      });
      expect(failure.message).not.toContain('ada password');
    });

    it('a service account without a password is no service account', async () => {
      const secrets = { secret: '', privateKey: undefined };
      const failing = directory.authenticate({ ...company, secrets }, 'ada', 'ada password');
      await expect(failing).rejects.toMatchObject({ code: 'bind_refused' });
    });
  });

  it('shows each step of a test, and never a password', async () => {
    const { steps, assertion } = await directory.check(company, {
      login: 'ada',
      password: 'ada password',
    });
    expect(steps.map(({ step, fault }) => [step, fault])).toEqual(
      ['resolve', 'connect', 'tls', 'bind', 'people', 'groups', 'person', 'password'].map(
        (step) => [step, undefined],
      ),
    );
    expect(assertion?.subject).toBe(ADA_ID);
    expect(JSON.stringify(steps)).not.toMatch(/ada password|service, /);
  });

  it('ends a test where it fails, with the fault', async () => {
    const wrong = reach(slapd, { baseDn: 'ou=nowhere,dc=example,dc=org' });
    const { steps } = await directory.check(wrong, { login: 'ada', password: 'x' });
    expect(steps.at(-1)).toMatchObject({ step: 'person', fault: 'base_dn_missing' });
  });
});
