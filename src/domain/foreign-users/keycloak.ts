/**
 * The people of a Keycloak realm export (`kc.sh export --realm …`, users in the same file).
 *
 * @module
 */
import { z } from 'zod';
import { type Digest, readForeignHash, writeDerivedHash } from '../foreign-hash.ts';
import { writeList } from '../list-cell.ts';
import { isPasswordHash } from '../password-hash.ts';
import { countReasons, type ForeignReading, toCells, UnreadableUsers } from './reading.ts';

const credential = z.object({
  type: z.string(),
  secretData: z.string().optional(),
  credentialData: z.string().optional(),
});
const person = z.object({
  username: z.string(),
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  enabled: z.boolean().default(true),
  groups: z.array(z.string()).default([]),
  credentials: z.array(credential).default([]),
  serviceAccountClientId: z.string().optional(),
});
const realm = z.object({ users: z.array(person) });
const secretData = z.object({ value: z.string(), salt: z.string() });
const parameters = z.record(z.string(), z.array(z.string())).nullish();
const credentialData = z.object({
  hashIterations: z.number(),
  algorithm: z.string(),
  additionalParameters: parameters,
});

type Credential = z.output<typeof credential>;

/** Groups get their path without the first slash: `/staff/chairs` is `staff/chairs` here.
 * @throws {UnreadableUsers} */
export function readKeycloak(text: string): ForeignReading {
  const reasons: string[] = [];
  const { users } = parseRealm(text);
  const people = users.flatMap((user) => {
    if (user.serviceAccountClientId !== undefined) {
      reasons.push('account of a client, which is no person');
      return [];
    }
    const { username, email, firstName = '', lastName = '', enabled } = user;
    const cells = toCells({
      username,
      email,
      displayName: `${firstName} ${lastName}`,
      groups: writeList(user.groups.map((path) => path.replace(/^\//, ''))),
      disabled: enabled ? undefined : 'yes',
      passwordHash: hashOf(user.credentials, reasons),
    });
    return [{ line: 0, cells }];
  });
  return { people, remarks: countReasons(reasons) };
}

function parseRealm(text: string): z.output<typeof realm> {
  const read = realm.safeParse(parseJson(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UnreadableUsers(
    `this is no realm export with users: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}

function hashOf(credentials: readonly Credential[], reasons: string[]): string | undefined {
  const password = credentials.find(({ type }) => type === 'password');
  if (!password) return undefined;
  const secret = secretData.safeParse(parseJson(password.secretData ?? ''));
  const about = credentialData.safeParse(parseJson(password.credentialData ?? ''));
  const hash = secret.success && about.success ? toHash(secret.data, about.data) : undefined;
  if (hash === undefined)
    reasons.push('password in a form that is not taken: that person needs a new one');
  return hash;
}

function toHash(
  { value, salt }: z.output<typeof secretData>,
  { algorithm, hashIterations, additionalParameters }: z.output<typeof credentialData>,
): string | undefined {
  if (algorithm === 'argon2') {
    const say = (name: string) => additionalParameters?.[name]?.[0] ?? '';
    if (say('type') !== 'id') return undefined;
    const costs = `m=${say('memory')},t=${hashIterations},p=${say('parallelism')}`;
    const phc = `$argon2id$v=19$${costs}$${bare(salt)}$${bare(value)}`;
    return isPasswordHash(phc) ? phc : undefined;
  }
  const digest = DIGESTS.get(algorithm);
  if (!digest) return undefined;
  const [saltBytes, hash] = [Buffer.from(salt, 'base64'), Buffer.from(value, 'base64')];
  const iterations = hashIterations;
  const text = writeDerivedHash({ kind: 'pbkdf2', digest, iterations, salt: saltBytes, hash });
  return readForeignHash(text) ? text : undefined;
}

const DIGESTS: ReadonlyMap<string, Digest> = new Map([
  ['pbkdf2', 'sha1'],
  ['pbkdf2-sha256', 'sha256'],
  ['pbkdf2-sha512', 'sha512'],
]);

function bare(base64: string): string {
  return base64.replace(/=+$/, '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
