/**
 * What the shape of a client's entry cannot say: its addresses, its proof, its neighbours.
 *
 * @module
 */
import { needsSecret } from '../client.ts';
import { type AddressFault, faultOfOrigin, faultOfRedirect } from '../client-address.ts';
import { faultText } from '../faults.ts';
import { isHs } from '../issuer.ts';
import { toClient } from './client-entry.ts';
import type { ClientEntry } from './client-schema.ts';
import { type FileMistake, type FilePath, wrongValue } from './mistake.ts';
import type { IssuerEntry } from './schema.ts';

/** A secret is a random text: 32 characters of base64url are 192 bits. */
const MIN_SECRET = 32;

/** By type of key, what is its public half (RFC 7518, section 6; RFC 8037). */
const PUBLIC_MEMBERS: Readonly<Partial<Record<string, readonly string[]>>> = {
  RSA: ['n', 'e'],
  EC: ['x', 'y'],
  OKP: ['x'],
};
/** Members of private and shared keys (RFC 7518, section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export function checkClientEntries(issuer: IssuerEntry, at: FilePath): FileMistake[] {
  const { clients = [] } = issuer;
  return clients.flatMap((entry, index) => {
    const path = [...at, 'clients', index];
    const first = clients.findIndex(({ clientId }) => clientId === entry.clientId);
    const twin =
      first === index
        ? []
        : [wrongValue([...path, 'clientId'], faultText('client_id_twice', { index: first }))];
    return [
      ...twin,
      ...checkAddresses(entry, path),
      ...checkProof(entry, path),
      ...checkKind(issuer, entry, path),
    ];
  });
}

function checkAddresses(entry: ClientEntry, at: FilePath): FileMistake[] {
  const lists = [
    ['redirectUris', faultOfRedirect],
    ['postLogoutRedirectUris', faultOfRedirect],
    ['webOrigins', faultOfOrigin],
  ] as const;
  const inLists = lists.flatMap(([key, faultOf]) =>
    (entry[key] ?? []).flatMap((value, index) => told(faultOf(value), [...at, key, index])),
  );
  const { backchannelLogoutUri } = entry;
  if (backchannelLogoutUri === undefined) return inLists;
  return [
    ...inLists,
    ...told(faultOfRedirect(backchannelLogoutUri), [...at, 'backchannelLogoutUri']),
  ];
}

function told(fault: AddressFault | undefined, path: FilePath): FileMistake[] {
  return fault ? [wrongValue(path, fault.message, fault.hint)] : [];
}

function checkProof(entry: ClientEntry, at: FilePath): FileMistake[] {
  const { auth } = toClient(entry);
  const { secret, jwks } = entry;
  const mistakes: FileMistake[] = [];
  const secretAt = [...at, entry.secretFile === undefined ? 'secret' : 'secretFile'];
  if (secret !== undefined && !needsSecret({ auth }))
    mistakes.push(wrongValue(secretAt, `a client with auth ${auth} has no secret`));
  if (secret !== undefined && secret.length < MIN_SECRET)
    mistakes.push(
      wrongValue(
        secretAt,
        `must have at least ${MIN_SECRET} characters`,
        'make one with: openssl rand -hex 32',
      ),
    );
  if (auth === 'private_key_jwt' && !jwks)
    mistakes.push(
      wrongValue(
        [...at, 'auth'],
        faultText('jwks_needed', { auth }),
        faultText('hint_public_keys'),
      ),
    );
  if (auth !== 'private_key_jwt' && jwks)
    mistakes.push(wrongValue([...at, 'jwks'], faultText('jwks_unwanted', { auth })));
  for (const [index, key] of jwks?.keys.entries() ?? []) {
    const path = [...at, 'jwks', 'keys', index];
    const members = PUBLIC_MEMBERS[String(key.kty)];
    if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member)))
      mistakes.push(wrongValue(path, faultText('jwk_public')));
    else if (!members) mistakes.push(wrongValue(path, faultText('jwk_type')));
    else if (!members.every((member) => isBase64url(key[member])))
      mistakes.push(wrongValue(path, faultText('jwk_members', { members: members.join(', ') })));
  }
  return mistakes;
}

function checkKind(issuer: IssuerEntry, entry: ClientEntry, at: FilePath): FileMistake[] {
  const { algorithm = 'RS256' } = issuer;
  const mistakes: FileMistake[] = [];
  const notFor = (key: keyof ClientEntry, message: string) => {
    if (entry[key] !== undefined && entry[key] !== false)
      mistakes.push(wrongValue([...at, key], message));
  };
  if (entry.kind === 'jitsi') {
    if (isHs(algorithm))
      mistakes.push(
        wrongValue(
          [...at, 'kind'],
          faultText('jitsi_needs_keys', { algorithm }),
          faultText('hint_publish'),
        ),
      );
    if (entry.auth !== undefined && entry.auth !== 'none')
      mistakes.push(wrongValue([...at, 'auth'], faultText('jitsi_public')));
    notFor('tokenTtlSeconds', faultText('jitsi_life'));
    return mistakes;
  }

  notFor('anyRoom', faultText('jitsi_alone'));
  // Prosody must never take for a Jitsi token what was made for somebody else.
  const names = jitsiNames(issuer);
  for (const key of ['clientId', 'audience'] as const)
    if (names.has(entry[key] ?? ''))
      mistakes.push(
        wrongValue([...at, key], faultText('jitsi_audience'), faultText('hint_choose_another')),
      );
  return mistakes;
}

/** What stands as `aud` in Jitsi tokens of this issuer. */
function jitsiNames({ appId = 'jitsi', clients = [] }: IssuerEntry): ReadonlySet<string> {
  const audiences = clients.flatMap(({ kind, audience }) =>
    kind === 'jitsi' && audience !== undefined ? [audience] : [],
  );
  return new Set([appId, ...audiences]);
}

function isBase64url(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]+$/.test(value);
}
