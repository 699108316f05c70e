/**
 * A house that ran one of the bridges: its OpenID provider, a Roomkey that took the bridge's place
 * with the bridge's own settings, and a browser.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import type { BridgeName } from '../../src/domain/bridges/index.ts';
import { BRIDGES } from '../../src/domain/bridges/index.ts';
import { prosodyCrypto } from '../../src/crypto/prosody-signatures.ts';
import { hostWithSecret } from '../../src/domain/prosody/presets.ts';
import { verifyAsProsody } from '../../src/domain/prosody/verify.ts';
import { serve } from '../../src/wiring/serve.ts';
import { EXAMPLES, SERVER_URL } from './bridge-examples.ts';
import { type Typed, type } from './typed.ts';
import { startProvider, type UpstreamProvider } from './upstream-provider.ts';
import { createVisitor, type Visitor } from './visitor.ts';

/** Where people reached the bridge, and reach Roomkey now. */
export const HOUSE_URL = 'https://auth.example.org';

type Settings = Readonly<Record<string, string>>;

/** What of each bridge's settings names the provider, and the client there. */
const PROVIDERS: Readonly<Record<BridgeName, (issuer: string) => Settings>> = {
  'jitsi-openid': (issuer) => ({ ISSUER_URL: issuer }),
  'go-openid': (issuer) => ({ ISSUER_BASE_URL: issuer }),
  'jitsi-oidc-adapter': (issuer) => ({ OIDC_ISSUER_URL: issuer }),
  'jitsi-keycloak-adapter': (issuer) => ({ KEYCLOAK_ORIGIN: new URL(issuer).origin }),
  aadp: (issuer) => ({
    'oauth.issuer': issuer,
    'urls.oidc_discovery': `${issuer}/.well-known/openid-configuration`,
  }),
};

/** The bridge's own kind of file. */
export function bridgeFile(name: BridgeName, settings: Settings): string {
  const lines = Object.entries(settings);
  if (BRIDGES[name].file === 'env') return lines.map(([key, own]) => `${key}=${own}`).join('\n');
  return lines
    .map(([key, own]) => {
      const [section = '', setting = ''] = key.split('.');
      return [section, `${setting} = ${own}`] as const;
    })
    .map(([section, line], at, all) =>
      all[at - 1]?.[0] === section ? line : `[${section}]\n${line}`,
    )
    .join('\n');
}

interface HouseOptions {
  readonly name: BridgeName;
  /** Of this house alone; made when it is not there. */
  readonly folder: string;
  readonly changes?: Settings;
  /** At the provider. */
  readonly callback: string;
  readonly client: Readonly<Record<string, unknown>>;
}

export async function bridgeHouse({ name, folder, changes, callback, client }: HouseOptions) {
  const provider = await startProvider({
    redirectUris: [HOUSE_URL + callback],
    client,
    path: name === 'jitsi-keycloak-adapter' ? '/realms/house' : '',
  });
  const settings = { ...EXAMPLES[name], ...PROVIDERS[name](provider.issuer), ...changes };
  const own = {
    DATA_DIR: path.join(folder, 'data'),
    PORT: '0',
    LOG_LEVEL: 'silent',
    // The provider of these tests is on this very machine.
    ALLOW_LOOPBACK: '1',
  };
  const swapsImage = 'BASE_URL' in settings;
  const variables: Settings = swapsImage
    ? { ...own, ...settings }
    : { ...own, PUBLIC_URL: HOUSE_URL };
  const imported = swapsImage ? undefined : await importFile();

  const lines: string[] = [];
  const server = await serve(loadConfig(variables), (line) => lines.push(line));
  return { provider, server, said: lines.join('\n'), imported, variables, browser, roomkey };

  async function importFile(): Promise<Typed> {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'settings');
    await writeFile(file, bridgeFile(name, settings));
    return roomkey('import', name, file, '--server-url', SERVER_URL, '--apply');
  }
  function roomkey(...words: readonly string[]): Promise<Typed> {
    return type(words, { variables });
  }
  function browser(): Visitor {
    return createVisitor(server.address, HOUSE_URL);
  }
}

export interface Walk {
  /** The first address that is neither ours nor the provider's. */
  readonly end: URL;
  /** Of ours, in their order. */
  readonly paths: readonly string[];
}

/** From an address of ours through the provider, to where Jitsi is. */
export async function walk(
  browser: Visitor,
  provider: UpstreamProvider,
  start: string,
): Promise<Walk> {
  const paths: string[] = [];
  let next = new URL(start, HOUSE_URL);
  for (let step = 0; step < 10; step++) {
    if (next.origin === new URL(provider.issuer).origin) next = await provider.pass(next.href);
    if (next.origin !== HOUSE_URL) return { end: next, paths };
    paths.push(next.pathname);
    const answer = await browser.get(next.pathname + next.search);
    if (answer.location === undefined)
      throw new Error(`it ends with ${answer.status}: ${answer.text.slice(0, 500)}`);
    next = new URL(answer.location, HOUSE_URL);
  }
  throw new Error('no end');
}

/** Of a meeting's address. */
export function tokenIn(meeting: URL) {
  const token = meeting.searchParams.get('jwt') ?? '';
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  return { token, header, payload };
}

/** The word of a Prosody that was set up for the bridge, on somebody who enters `planning`. */
export function prosodyOn(meeting: URL, appSecret: string, tenant?: string) {
  const { token, payload } = tokenIn(meeting);
  const { iss, aud } = payload;
  return verifyAsProsody({
    token,
    host: { ...hostWithSecret({ iss, aud, appSecret }), presenceIdentity: true },
    join: { room: 'planning', ...(tenant === undefined ? {} : { tenant }) },
    now: new Date(),
    crypto: prosodyCrypto,
  });
}
