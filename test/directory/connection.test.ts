import {
  connect as connectTcp,
  createServer as createTcp,
  type AddressInfo,
  type Server,
} from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/directory/create-directory.ts';
import type { LdapUpstream } from '../../src/domain/upstreams/upstream.ts';
import { frozenClock, movableClock } from '../factories.ts';
import { atEnd } from '../support/at-end.ts';
import { freePort } from '../support/disposable-postgres.ts';
import {
  describeWithSlapd,
  foreignAuthority,
  LDAP_HOST,
  type Slapd,
  startSlapd,
} from '../support/slapd.ts';
import { anLdapUpstream, localDirectory, personLdif, reach, SECRETS } from './ground.ts';

/** What was said to it, and what it answers: nothing by itself. */
async function listen(answer: (data: Buffer) => Buffer | undefined = () => undefined) {
  const heard: Buffer[] = [];
  const server = createTcp((socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        heard.push(data);
        const said = answer(data);
        if (said) socket.write(said);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => endAll(server));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ldap://${LDAP_HOST}:${port}`,
    heard: () => Buffer.concat(heard).toString('latin1'),
  };
}

/** Hands a connection on until it is encrypted, then falls silent; gives its port. */
async function stoppingRelay(port: number): Promise<number> {
  const server = createTcp((near) => {
    const far = connectTcp(port, '127.0.0.1');
    far.on('error', () => {}).pipe(near);
    let left = 2;
    near.on('error', () => {}).on('data', (data) => left-- > 0 && far.write(data));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => endAll(server));
  return (server.address() as AddressInfo).port;
}

function endAll(server: Server): void {
  server.close();
}

function reachedBy(urls: readonly string[]) {
  return { upstream: anLdapUpstream({ urls, timeoutSeconds: 0.2 }), secrets: SECRETS };
}

/** Extended response: this message, success; then what somebody put behind it. */
const STARTTLS_YES = Buffer.from('300c02010278070a010004000400', 'hex');

describe('a connection', () => {
  it.each([
    ['169.254.169.254', false],
    ['169.254.169.254', true],
    ['fe80::1', true],
    ['64:ff9b::a9fe:a9fe', true],
    ['::ffff:169.254.169.254', true],
    ['100.100.100.200', true],
    ['224.0.0.1', true],
    ['::', true],
    ['no address', true],
    ['fd00:ec2::254', true],
    ['0.0.0.0', true],
    ['127.0.0.1', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
  ])('to %s, with ALLOW_LOOPBACK %s, is never made', async (address, allowLoopback) => {
    const directory = createDirectory({
      clock: frozenClock,
      allowLoopback,
      resolve: async () => [address],
    });
    const upstream = anLdapUpstream({ urls: ['ldaps://ldap.example.org'] });
    const asking = directory.authenticate({ upstream, secrets: SECRETS }, 'ada', 'x');
    await expect(asking).rejects.toMatchObject({ code: 'address_refused' });
  });

  it.each([
    'ldap://127.0.0.1',
    'ldap://127.1',
    'ldap://2130706433',
    'ldap://0x7f000001',
    'ldaps://localhost',
    'ldap://[::1]',
    'ldap://[::ffff:127.0.0.1]',
    'ldap://0.0.0.0',
    'ldap://169.254.169.254',
    'ldaps://[fe80::1]',
  ])('is not made to this machine or this link by %s', async (url) => {
    const directory = createDirectory({ clock: frozenClock, allowLoopback: false });
    const { steps } = await directory.check(reachedBy([url]), {});
    // Not every system reads the odd ones: then there is no such host.
    expect(steps).toEqual([
      expect.objectContaining({
        step: 'resolve',
        fault: expect.stringMatching(/^(address_refused|unreachable)$/),
      }),
    ]);
  });

  it('is made only to those addresses of a name that are fine, which is looked up once', async () => {
    const server = await listen();
    const names: string[] = [];
    const directory = createDirectory({
      clock: frozenClock,
      allowLoopback: true,
      resolve: async (name) => {
        names.push(name);
        return names.length === 1 ? ['169.254.169.254', '127.0.0.1'] : ['169.254.169.254'];
      },
    });
    const ask = () => directory.check(reachedBy([server.url]), {});
    const { steps } = await ask();
    expect(steps.slice(0, 2).map(({ step, received }) => [step, received])).toEqual([
      ['resolve', '127.0.0.1'],
      ['connect', `127.0.0.1:${new URL(server.url).port}`],
    ]);
    expect(names).toEqual([LDAP_HOST]);
    expect(server.heard()).not.toBe('');
    expect((await ask()).steps).toMatchObject([{ fault: 'address_refused' }]);
  });

  it('is given up when nobody answers', async () => {
    const silent = await listen();
    const upstream = anLdapUpstream({ urls: [silent.url], timeoutSeconds: 0.2 });
    const asking = localDirectory().authenticate({ upstream, secrets: SECRETS }, 'ada', 'x');
    await expect(asking).rejects.toMatchObject({ code: 'timeout' });
  });

  it('says no password before it is encrypted, whatever the server answers', async () => {
    const no = Buffer.from('300c02010278070a013504000400', 'hex');
    for (const answer of [no, STARTTLS_YES, Buffer.from('GET / HTTP')]) {
      const server = await listen(() => answer);
      const upstream = anLdapUpstream({ urls: [server.url], timeoutSeconds: 0.3 });
      const asking = localDirectory().authenticate({ upstream, secrets: SECRETS }, 'ada', 'geheim');
      await expect(asking).rejects.toMatchObject({
        code: expect.stringMatching(/starttls_refused|tls_failed|timeout/),
      });
      expect(server.heard()).toContain('1.3.6.1.4.1.1466.20037');
      expect(server.heard()).not.toMatch(/geheim|service, |cn=roomkey/);
    }
  });

  it('to a name nobody knows is told as such', async () => {
    const directory = createDirectory({
      clock: frozenClock,
      allowLoopback: true,
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    const upstream = anLdapUpstream({ urls: ['ldaps://nowhere.example.org'] });
    const { steps } = await directory.check({ upstream, secrets: SECRETS }, {});
    expect(steps).toEqual([
      expect.objectContaining({ step: 'resolve', fault: 'unreachable', received: 'ENOTFOUND' }),
    ]);
  });
});

describeWithSlapd('the servers of a directory', () => {
  let slapd: Slapd;
  let other: Slapd;
  let elsewhere: Awaited<ReturnType<typeof listen>>;

  beforeAll(async () => {
    elsewhere = await listen();
    const referral = [
      'dn: ou=elsewhere,ou=people,dc=example,dc=org',
      'objectClass: referral',
      'objectClass: extensibleObject',
      'ou: elsewhere',
      `ref: ${elsewhere.url.replace(LDAP_HOST, '127.0.0.1')}/dc=x`,
      '',
    ];
    slapd = await startSlapd([personLdif({ uid: 'ada' }), ...referral].join('\n'));
    other = await startSlapd(personLdif({ uid: 'ada' }));
  });

  const signIn = (overrides: Partial<LdapUpstream>, directory = localDirectory()) =>
    directory.authenticate(reach(slapd, overrides), 'ada', 'ada password');
  const ldap = (port: number, host = LDAP_HOST) => `ldap://${host}:${port}`;

  it.each([
    ['StartTLS', () => [ldap(slapd.port)]],
    ['ldaps', () => [`ldaps://${LDAP_HOST}:${slapd.tlsPort}`]],
    ['ldaps by address', () => [`ldaps://127.0.0.1:${slapd.tlsPort}`]],
  ])('are asked by %s', async (_, urls) => {
    expect(await signIn({ urls: urls() })).toMatchObject({ kind: 'right' });
  });

  it('are asked in the clear only when that is said', async () => {
    expect(await signIn({ security: 'none', ca: undefined })).toMatchObject({ kind: 'right' });
    const { steps } = await localDirectory().check(reach(slapd, { security: 'none' }), {});
    expect(steps.map(({ step }) => step)).not.toContain('tls');
  });

  it.each([
    ['of another authority', () => ({ ca: foreignAuthority() })],
    ['of an authority nobody named', () => ({ ca: undefined })],
    ['for another name', () => ({ urls: [ldap(slapd.port, 'other.example.org')] })],
    [
      'for another name, by ldaps',
      () => ({ urls: [`ldaps://other.example.org:${slapd.tlsPort}`] }),
    ],
    ['for another address', () => ({ urls: [ldap(slapd.port, '127.0.0.2')] })],
  ])('are refused with a certificate %s', async (_, overrides) => {
    await expect(signIn(overrides())).rejects.toMatchObject({ code: 'tls_failed' });
  });

  it('are asked one after the other, and one that failed is left alone for a while', async () => {
    const dead = ldap(await freePort());
    const clock = movableClock();
    const directory = localDirectory(clock);
    const both = { urls: [dead, ldap(slapd.port)] };
    expect(await signIn(both, directory)).toMatchObject({ kind: 'right' });

    const silent = await listen();
    const slow = { urls: [silent.url, ldap(slapd.port)], timeoutSeconds: 0.2 };
    expect(await signIn(slow, directory)).toMatchObject({ kind: 'right' });
    const heard = silent.heard();
    expect(heard).not.toBe('');
    expect(await signIn(slow, directory)).toMatchObject({ kind: 'right' });
    expect(silent.heard()).toBe(heard);
    clock.advance(11);
    expect(await signIn(slow, directory)).toMatchObject({ kind: 'right' });
    expect(silent.heard()).not.toBe(heard);
  });

  it('are found again when they are back', async () => {
    const clock = movableClock();
    const directory = localDirectory(clock);
    const reached = reach(other);
    const ask = () => directory.authenticate(reached, 'ada', 'ada password');
    expect(await ask()).toMatchObject({ kind: 'right' });
    await other.halt();
    await expect(ask()).rejects.toMatchObject({ code: 'unreachable' });
    await other.resume();
    await expect(ask()).rejects.toMatchObject({ code: 'unreachable' });
    clock.advance(11);
    expect(await ask()).toMatchObject({ kind: 'right' });
  });

  it('are not tried one after the other for a wrong password', async () => {
    const silent = await listen();
    const urls = [ldap(slapd.port), silent.url];
    const asking = localDirectory().authenticate(reach(slapd, { urls }), 'ada', 'wrong');
    expect(await asking).toEqual({ kind: 'wrong' });
    expect(silent.heard()).toBe('');
  });

  it('send nobody on to another server', async () => {
    const directory = localDirectory();
    expect(await signIn({}, directory)).toMatchObject({ kind: 'right' });
    for await (const page of directory.listPeople(reach(slapd)))
      expect(page.people).toHaveLength(1);
    const below = reach(slapd, { baseDn: 'ou=elsewhere,ou=people,dc=example,dc=org' });
    await expect(directory.find(below, 'ada')).rejects.toMatchObject({ code: 'referral' });
    expect(elsewhere.heard()).toBe('');
  });

  it('are given up when they stop in the middle of it', async () => {
    const relay = await stoppingRelay(other.tlsPort);
    const urls = [`ldaps://${LDAP_HOST}:${relay}`];
    const asking = localDirectory().authenticate(
      reach(other, { urls, timeoutSeconds: 0.5 }),
      'ada',
      'ada password',
    );
    await expect(asking).rejects.toMatchObject({ code: 'timeout' });
  });
});
