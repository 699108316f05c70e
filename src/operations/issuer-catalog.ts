/**
 * Issuers as a process holds them: rules compiled, keys at hand, what Prosody fetches prepared.
 *
 * The database's `catalog_version` says when this is out of date. Whoever asks the database for a
 * session learns the version in the same round trip and calls `atLeast` with it; key files are
 * kept fresh by NOTIFY and a poll (wiring).
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { createHsSigner, createRsSigner, type Signer } from '../crypto/jwt.ts';
import { type Issuer, isHs } from '../domain/issuer.ts';
import { compileIssuer } from '../domain/rules/check-issuer.ts';
import type { CompiledIssuer } from '../domain/rules/compiled-issuer.ts';
import type { PrivateSigningKey, SigningKey } from '../domain/signing-key.ts';
import { stopsOfIssuer, type TokenStop } from '../domain/token-stop.ts';
import { type CompiledUpstream, compileUpstream } from '../domain/upstreams/compile-upstream.ts';
import type { Upstream, UpstreamSecrets } from '../domain/upstreams/upstream.ts';
import type { ClientSecrets } from '../stores/clients.ts';
import type { Stores } from '../stores/index.ts';
import { buildServedKeys, type ServedKeys } from './key-list.ts';
import { buildRealm, type LiveRealm } from './live-realm.ts';

export interface LiveIssuer extends ServedKeys {
  readonly issuer: Issuer;
  readonly compiled: CompiledIssuer;
  /** Absent when an RS issuer has no active key. */
  readonly signer: Signer | undefined;
  /** Its side that speaks OpenID Connect. */
  readonly realm: LiveRealm;
}

/** A directory as a process holds it. */
export interface LiveUpstream {
  readonly upstream: Upstream;
  readonly secrets: UpstreamSecrets;
  readonly compiled: CompiledUpstream;
}

export interface CatalogSnapshot {
  readonly version: bigint;
  readonly bySlug: ReadonlyMap<string, LiveIssuer>;
  /** By slug, in the order of their names; disabled ones too. */
  readonly upstreams: ReadonlyMap<string, LiveUpstream>;
  /** Settings by name: `public_url`, `branding`, … */
  readonly settings: ReadonlyMap<string, unknown>;
}

export interface IssuerCatalog {
  /** What is in memory now. */
  current(): CatalogSnapshot;
  /** What is in memory, after a reload if the database is known to be ahead. */
  atLeast(version: string): Promise<CatalogSnapshot>;
  /** Looks whether the database is ahead, and reloads if so. */
  refresh(): Promise<CatalogSnapshot>;
}

export type CatalogStores = Pick<
  Stores,
  'catalogVersion' | 'clients' | 'issuers' | 'signingKeys' | 'settings' | 'tokenStops' | 'upstreams'
>;

/** Loads once before it answers: a process that cannot is not ready. */
export async function createIssuerCatalog(stores: CatalogStores): Promise<IssuerCatalog> {
  const build = createBuilder();
  let snapshot = await load(stores, build);
  let loading: Promise<CatalogSnapshot> | undefined;

  const reload = () => {
    loading ??= load(stores, build)
      .then((loaded) => {
        if (loaded.version > snapshot.version) snapshot = loaded;
        return snapshot;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };

  const atLeast = async (version: string) => {
    const wanted = BigInt(version);
    // A load that was under way may have read just before the change: then it takes another.
    while (snapshot.version < wanted) await reload();
    return snapshot;
  };

  return {
    current: () => snapshot,
    atLeast,
    refresh: async () => atLeast(await stores.catalogVersion.current()),
  };
}

async function load(stores: CatalogStores, build: Build): Promise<CatalogSnapshot> {
  // The version is read first: what changes meanwhile is loaded again, never missed.
  const version = BigInt(await stores.catalogVersion.current());
  const upstreams = await loadUpstreams(stores);
  const [issuers, secrets, served, signing, settings, stops, clientSecrets] = await Promise.all([
    stores.issuers.list(),
    stores.issuers.listSecrets(),
    stores.signingKeys.listServed(),
    stores.signingKeys.listSigning(),
    stores.settings.all(),
    stores.tokenStops.listStanding(),
    stores.clients.listSecrets(),
  ]);

  const live = build(
    issuers.map((issuer): IssuerParts => {
      const isOwn = ({ issuerId }: { issuerId: string }) => issuerId === issuer.id;
      return {
        issuer,
        stops: stopsOfIssuer(stops, issuer.id),
        secret: secrets.get(issuer.id),
        served: served.filter(isOwn),
        signing: signing.filter(isOwn),
        clientSecrets: clientSecrets.get(issuer.id),
      };
    }),
  );
  const bySlug = new Map(live.map((one) => [one.issuer.slug, one]));
  return { version, settings, upstreams, bySlug };
}

async function loadUpstreams(stores: CatalogStores): Promise<CatalogSnapshot['upstreams']> {
  const upstreams = await stores.upstreams.list();
  if (upstreams.length === 0) return new Map();
  const secrets = await stores.upstreams.listSecrets();
  const inOrder = upstreams.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  return new Map(
    inOrder.map((upstream) => [
      upstream.slug,
      {
        upstream,
        secrets: secrets.get(upstream.id) ?? NO_SECRETS,
        compiled: compileStoredUpstream(upstream),
      },
    ]),
  );
}

function compileStoredUpstream(upstream: Upstream): CompiledUpstream {
  const result = compileUpstream(upstream);
  if (result.ok) return result.compiled;
  const wrong = result.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`the stored rules of upstream ${upstream.slug} do not compile: ${wrong}`);
}

const NO_SECRETS: UpstreamSecrets = { secret: undefined, privateKey: undefined };

/** All that an issuer is made of in memory. */
interface IssuerParts {
  readonly issuer: Issuer;
  readonly stops: readonly TokenStop[];
  readonly secret: string | undefined;
  readonly served: readonly SigningKey[];
  readonly signing: readonly PrivateSigningKey[];
  readonly clientSecrets: ReadonlyMap<string, ClientSecrets> | undefined;
}

type Build = (parts: readonly IssuerParts[]) => LiveIssuer[];

/** A change of one issuer makes that one anew: the others stay what they are, with all that hangs on them. */
function createBuilder(): Build {
  let built = new Map<string, { readonly parts: IssuerParts; readonly live: LiveIssuer }>();
  return (issuers) => {
    const before = built;
    built = new Map(
      issuers.map((parts) => {
        const known = before.get(parts.issuer.id);
        const entry = isDeepStrictEqual(known?.parts, parts) ? known : undefined;
        return [parts.issuer.id, entry ?? { parts, live: toLive(parts) }];
      }),
    );
    return [...built.values()].map(({ live }) => live);
  };
}

function toLive(parts: IssuerParts): LiveIssuer {
  const { issuer, stops, served, signing, clientSecrets } = parts;
  return {
    issuer,
    compiled: compileStored(issuer, stops),
    signer: createSigner(issuer, parts),
    ...buildServedKeys(issuer, served),
    realm: buildRealm(issuer, { served, signing, secrets: clientSecrets }),
  };
}

function compileStored(issuer: Issuer, stops: readonly TokenStop[]): CompiledIssuer {
  const result = compileIssuer(issuer, stops);
  if (result.ok) return result.compiled;
  const wrong = result.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`the stored rules of issuer ${issuer.slug} do not compile: ${wrong}`);
}

function createSigner(
  issuer: Issuer,
  { secret, signing }: Pick<IssuerParts, 'secret' | 'signing'>,
): Signer | undefined {
  if (isHs(issuer.algorithm))
    return secret === undefined ? undefined : createHsSigner(issuer.algorithm, secret);
  const key = signing.find(({ ring }) => ring === 'jitsi');
  return key && createRsSigner(issuer.algorithm, key);
}

/** The id of the issuer of a slug. */
export function issuerIds(catalog: Pick<IssuerCatalog, 'current'>) {
  return (slug: string): string | undefined => catalog.current().bySlug.get(slug)?.issuer.id;
}
