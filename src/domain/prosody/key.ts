/**
 * Which key verifies this token: the secret, or what the list or the key server holds for its kid.
 *
 * With an address set the plugin reads the header on its own first, and refuses all but RS.
 *
 * @module
 */
import { type Finding, hangs, type Line, ok, refused, skipped } from './finding.ts';
import type { KeyServer, PluginVersion, ProsodyHost } from './host.ts';
import { canIndex, field, type Json, luaText } from './json.ts';
import { readKeyList } from './key-list.ts';
import type { ProsodyCrypto, VerifyingKey } from './signature.ts';
import { headerOf } from './token-parts.ts';

export interface KeySearch {
  readonly findings: readonly Finding[];
  /** Absent: there is none, or what there is cannot be read (`unreadable`). */
  readonly key?: VerifyingKey;
  readonly unreadable?: true;
}

interface Sources {
  readonly host: ProsodyHost;
  readonly crypto: ProsodyCrypto;
  readonly version: PluginVersion;
}

export function findKey(token: string, sources: Sources): KeySearch {
  const { keys } = sources.host;
  if (keys.kind === 'secret') {
    const kid: Line = { name: 'kid', seen: undefined, wanted: 'not looked at with a secret' };
    return { findings: [skipped(kid)], key: { kind: 'secret', secret: keys.appSecret } };
  }

  if (keys.kind === 'jwks' && sources.version === '2024-04')
    return stop(hangs(keyLine(undefined), 'login', 'plugin_not_loaded'));

  const format: Line = { name: 'format', seen: token, wanted: 'header.payload.signature' };
  if (!token.includes('.')) return stop(refused(format, 'header', 'Invalid token'));
  const header = headerOf(token);
  if (header === undefined) return stop(refused(format, 'header', 'bad token format'));
  if (!canIndex(header)) return stop(hangs(format, 'login', 'header_odd'));

  const kid = field(header, 'kid');
  const [kidFinding, algFinding] = [checkKid(kid), checkFamily(field(header, 'alg'))];
  if (kid === undefined) return { findings: [kidFinding, algFinding] };

  const search = lookUp(kid, sources);
  return { ...search, findings: [kidFinding, algFinding, ...search.findings] };
}

function stop(finding: Finding): KeySearch {
  return { findings: [finding] };
}

function keyLine(seen: Json | undefined): Line {
  return { name: 'key', seen, wanted: 'a public key for the kid' };
}

function checkKid(kid: Json | undefined): Finding {
  const line: Line = { name: 'kid', seen: kid, wanted: 'the name of a key' };
  return kid === undefined ? refused(line, 'header', "'kid' claim is missing") : ok(line);
}

function checkFamily(alg: Json | undefined): Finding {
  const line: Line = { name: 'alg', seen: alg, wanted: 'RS256, RS384 or RS512' };
  if (alg === undefined) return refused(line, 'header', "'alg' claim is missing");
  if (typeof alg !== 'string') return hangs(line, 'login', 'header_odd');
  return alg.startsWith('RS')
    ? ok(line)
    : refused(line, 'header', "'kid' claim only support with RS family");
}

function lookUp(kid: Json, { host, crypto, version }: Sources): KeySearch {
  const list = 'cacheKeysUrl' in host.keys && readKeyList(host.keys.cacheKeysUrl, version);
  const listed = list ? list.keys.get(kid) : undefined;
  const search = listed
    ? { findings: [ok(keyLine('in the key list'))], key: listed }
    : askKeyServer(kid, host, crypto);
  if (!list || !list.broken) return search;
  const broken = skipped(keyLine('a broken key list'), 'key_list_broken');
  return { ...search, findings: [broken, ...search.findings] };
}

function askKeyServer(kid: Json, { keys }: ProsodyHost, crypto: ProsodyCrypto): KeySearch {
  if (!('asapKeyServer' in keys))
    return stop(hangs(keyLine('not in the key list'), 'login', 'kid_unknown'));
  if (typeof kid !== 'string' && typeof kid !== 'number')
    return stop(hangs({ ...keyLine(kid), name: 'kid' }, 'login', 'header_odd'));
  return fetchKey(keys.asapKeyServer, `${crypto.sha256Hex(luaText(kid))}.pem`);
}

function fetchKey(asapKeyServer: KeyServer, file: string): KeySearch {
  const { status, body } = asapKeyServer(file);
  const line = keyLine(`${status} for ${file}`);
  if (status !== 200 && status !== 204)
    return stop(refused(line, 'key', 'could not obtain public key'));

  const key = readPem(body);
  if (!key) return { findings: [skipped(line)], unreadable: true };
  const isPrivate = key.pem.includes('PRIVATE KEY-----');
  return { findings: [ok(line, isPrivate ? 'private_key_served' : undefined)], key };
}

/**
 * The first block OpenSSL takes for a public key. SPKI, PKCS#1, and by reading a private key too;
 * a certificate, a JWK and anything else throw there.
 */
export function readPem(body: string): { kind: 'pem'; pem: string } | undefined {
  const block = /-----BEGIN ((?:RSA )?(?:PUBLIC|PRIVATE) KEY)-----[\s\S]*?-----END \1-----/.exec(
    body,
  );
  return block ? { kind: 'pem', pem: block[0] } : undefined;
}
