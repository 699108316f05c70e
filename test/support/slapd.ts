/**
 * A real OpenLDAP server to throw away: own folder, own ports, loopback only, with a certificate of
 * an authority made for it.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'ldapts';
import { describe, it } from 'vitest';
import { atEnd } from './at-end.ts';
import { freePort } from './disposable-postgres.ts';

export const BASE_DN = 'dc=example,dc=org';
/** The certificate names it, and `127.0.0.1`. */
export const LDAP_HOST = 'ldap.example.org';
export const SERVICE = { dn: `cn=roomkey,${BASE_DN}`, password: 'service, (secret)' } as const;

export interface Slapd {
  readonly port: number;
  readonly tlsPort: number;
  /** PEM of the authority that signed its certificate. */
  readonly ca: string;
  /** Changes entries, as its administrator. */
  change(work: (client: Client) => Promise<void>): Promise<void>;
  /** Ends the server at once. */
  halt(): Promise<void>;
  /** Starts it again: same ports, same entries. */
  resume(): Promise<void>;
}

const SLAPD = ['/usr/sbin/slapd', '/usr/local/sbin/slapd'].find((file) => existsSync(file));
const MODULES = ['/usr/lib/ldap', '/usr/lib/x86_64-linux-gnu/openldap'].find((folder) =>
  existsSync(folder),
);
const SCHEMAS = ['core', 'cosine', 'inetorgperson', 'nis', 'misc'];
const SCHEMA_FOLDER = '/etc/ldap/schema';

/** Tests of a group that needs slapd: skipped where there is none, unless it was promised. */
export function describeWithSlapd(title: string, tests: () => void): void {
  if (SLAPD && MODULES) {
    describe(title, tests);
  } else if (process.env['CI'] || process.env['ROOMKEY_REQUIRE_SLAPD']) {
    it(`${title}: needs slapd`, () => {
      throw new Error('no slapd: install slapd and openssl');
    });
  } else {
    console.warn(`\n!!! SKIPPED, no slapd on this machine: ${title}\n`);
    describe.skip(title, tests);
  }
}

/**
 * @param ldif Entries below `dc=example,dc=org`, which is there, as is the service account.
 */
export async function startSlapd(ldif: string): Promise<Slapd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'roomkey-slapd-'));
  mkdirSync(path.join(folder, 'data'));
  const ca = makeCertificates(folder);
  const config = path.join(folder, 'slapd.conf');
  writeFileSync(config, configuration(folder));
  writeFileSync(path.join(folder, 'entries.ldif'), `${BASE_LDIF}\n${ldif}`);
  load(folder, config);

  const [port, tlsPort] = [await freePort(), await freePort()];
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  const start = () => launch(config, urls, port);
  let server = await start();
  atEnd(async () => {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    port,
    tlsPort,
    ca,
    async change(work) {
      const client = new Client({ url: `ldap://127.0.0.1:${port}`, timeout: 5000 });
      await client.bind(`cn=admin,${BASE_DN}`, 'admin');
      await work(client);
      await client.unbind();
    },
    halt: () => end(server),
    async resume() {
      server = await start();
    },
  };
}

/** Self-signed, with a leaf for `LDAP_HOST`; gives the authority's PEM. */
function makeCertificates(folder: string): string {
  const openssl = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const ca = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Directory authority'];
  openssl('req', '-x509', ...key, ...ca, '-days', '2');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=ldap');
  writeFileSync(
    path.join(folder, 'server.ext'),
    `subjectAltName=DNS:${LDAP_HOST},IP:127.0.0.1\nextendedKeyUsage=serverAuth\n`,
  );
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  const files = ['-in', 'server.csr', '-out', 'server.pem', '-extfile', 'server.ext'];
  openssl('x509', '-req', ...files, ...signing);
  return readFileSync(path.join(folder, 'ca.pem'), 'utf8');
}

/** Another authority than any server's here. */
export function foreignAuthority(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'roomkey-authority-'));
  const ca = makeCertificates(folder);
  rmSync(folder, { recursive: true, force: true });
  return ca;
}

/** Attributes that other directories have, by their names and syntaxes there. */
const OTHER_DIRECTORIES = [
  ['objectGUID', 'octetStringMatch', '1.3.6.1.4.1.1466.115.121.1.40'],
  ['sAMAccountName', 'caseIgnoreMatch', '1.3.6.1.4.1.1466.115.121.1.15'],
  ['userPrincipalName', 'caseIgnoreMatch', '1.3.6.1.4.1.1466.115.121.1.15'],
  ['userAccountControl', 'integerMatch', '1.3.6.1.4.1.1466.115.121.1.27'],
  ['accountExpires', 'integerMatch', '1.3.6.1.4.1.1466.115.121.1.27'],
  ['thumbnailPhoto', 'octetStringMatch', '1.3.6.1.4.1.1466.115.121.1.40'],
  ['nsAccountLock', 'caseIgnoreMatch', '1.3.6.1.4.1.1466.115.121.1.15'],
  ['sambaNTPassword', 'caseIgnoreMatch', '1.3.6.1.4.1.1466.115.121.1.15'],
] as const;

function configuration(folder: string): string {
  const attributes = OTHER_DIRECTORIES.map(
    ([name, equality, syntax], nth) =>
      `attributetype ( 1.3.6.1.4.1.32473.1.${nth} NAME '${name}' EQUALITY ${equality} SYNTAX ${syntax} )`,
  );
  const names = OTHER_DIRECTORIES.map(([name]) => name).join(' $ ');
  return [
    ...SCHEMAS.map((name) => `include ${SCHEMA_FOLDER}/${name}.schema`),
    ...attributes,
    `objectclass ( 1.3.6.1.4.1.32473.2.1 NAME 'otherPerson' SUP top AUXILIARY MAY ( ${names} ) )`,
    `modulepath ${MODULES}`,
    'moduleload back_mdb',
    'moduleload ppolicy',
    `pidfile ${folder}/slapd.pid`,
    `TLSCACertificateFile ${folder}/ca.pem`,
    `TLSCertificateFile ${folder}/server.pem`,
    `TLSCertificateKeyFile ${folder}/server.key`,
    'sizelimit size.soft=500 size.hard=unlimited size.pr=unlimited',
    'database mdb',
    'maxsize 536870912',
    `suffix "${BASE_DN}"`,
    `rootdn "cn=admin,${BASE_DN}"`,
    'rootpw admin',
    `directory ${folder}/data`,
    'index objectClass,uid,mail,cn,member,uniqueMember,memberUid,entryUUID,objectGUID eq',
    'dbnosync',
    `limits dn.exact="${SERVICE.dn}" size.soft=500 size.hard=500 size.prtotal=unlimited`,
    // Its service account may read hashes: nothing of ours may show them.
    `access to attrs=userPassword by dn.exact="${SERVICE.dn}" read by anonymous auth by * none`,
    `access to * by dn.exact="${SERVICE.dn}" read by * none`,
    'overlay ppolicy',
    `ppolicy_default "cn=policy,${BASE_DN}"`,
    '',
  ].join('\n');
}

const BASE_LDIF = `dn: ${BASE_DN}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ${SERVICE.dn}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: roomkey
userPassword: ${SERVICE.password}

dn: cn=policy,${BASE_DN}
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdLockout: TRUE

dn: ou=people,${BASE_DN}
objectClass: organizationalUnit
ou: people

dn: ou=groups,${BASE_DN}
objectClass: organizationalUnit
ou: groups
`;

function load(folder: string, config: string): void {
  const { status, stderr } = spawnSync(
    path.join(path.dirname(SLAPD!), 'slapadd'),
    ['-q', '-f', config, '-l', path.join(folder, 'entries.ldif')],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`slapadd: ${stderr}`);
}

async function launch(config: string, urls: string, port: number): Promise<ChildProcess> {
  const server = spawn(SLAPD!, ['-f', config, '-h', urls, '-d', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (chunk) => (log += chunk));
  process.once('exit', () => server.kill('SIGKILL'));
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`slapd ended: ${log}`);
    await wait(20);
  }
  return server;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill('SIGTERM');
  });
}
