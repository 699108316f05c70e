/**
 * Issuers as a process holds them: rules compiled, keys at hand, what Prosody fetches prepared.
 *
 * The database's `catalog_version` says when this is out of date. Whoever asks the database for a
 * session learns the version in the same round trip and calls `atLeast` with it; key files are
 * kept fresh by NOTIFY and a poll (wiring).
 *
 * @module
 */
import { createHsSigner, createRsSigner, type Signer } from '../crypto/jwt.ts';
import { type Issuer, isHs } from '../domain/issuer.ts';
import { compileIssuer } from '../domain/rules/check-issuer.ts';
import type { CompiledIssuer } from '../domain/rules/compiled-issuer.ts';
import type { PrivateSigningKey } from '../domain/signing-key.ts';
import type { TokenStop } from '../domain/token-stop.ts';
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

export interface CatalogSnapshot {
  readonly version: bigint;
  readonly bySlug: ReadonlyMap<string, LiveIssuer>;
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
  'catalogVersion' | 'clients' | 'issuers' | 'signingKeys' | 'settings' | 'tokenStops'
>;

/** Loads once before it answers: a process that cannot is not ready. */
export async function createIssuerCatalog(stores: CatalogStores): Promise<IssuerCatalog> {
  let snapshot = await load(stores);
  let loading: Promise<CatalogSnapshot> | undefined;

  const reload = () => {
    loading ??= load(stores)
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

async function load(stores: CatalogStores): Promise<CatalogSnapshot> {
  // The version is read first: what changes meanwhile is loaded again, never missed.
  const version = BigInt(await stores.catalogVersion.current());
  const [issuers, secrets, served, signing, settings, stops, clientSecrets] = await Promise.all([
    stores.issuers.list(),
    stores.issuers.listSecrets(),
    stores.signingKeys.listServed(),
    stores.signingKeys.listSigning(),
    stores.settings.all(),
    stores.tokenStops.listStanding(),
    stores.clients.listSecrets(),
  ]);

  const live = issuers.map(
    (issuer): LiveIssuer => ({
      issuer,
      compiled: compileStored(issuer, stops),
      signer: createSigner(issuer, { secret: secrets.get(issuer.id), signing }),
      ...buildServedKeys(issuer, served),
      realm: buildRealm(issuer, { served, signing, secrets: clientSecrets.get(issuer.id) }),
    }),
  );
  return { version, settings, bySlug: new Map(live.map((one) => [one.issuer.slug, one])) };
}

function compileStored(issuer: Issuer, stops: readonly TokenStop[]): CompiledIssuer {
  const result = compileIssuer(issuer, stops);
  if (result.ok) return result.compiled;
  const wrong = result.errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Error(`the stored rules of issuer ${issuer.slug} do not compile: ${wrong}`);
}

function createSigner(
  issuer: Issuer,
  { secret, signing }: { secret: string | undefined; signing: readonly PrivateSigningKey[] },
): Signer | undefined {
  if (isHs(issuer.algorithm))
    return secret === undefined ? undefined : createHsSigner(issuer.algorithm, secret);
  const key = signing.find(({ issuerId, ring }) => issuerId === issuer.id && ring === 'jitsi');
  return key && createRsSigner(issuer.algorithm, key);
}

/** The id of the issuer of a slug. */
export function issuerIds(catalog: Pick<IssuerCatalog, 'current'>) {
  return (slug: string): string | undefined => catalog.current().bySlug.get(slug)?.issuer.id;
}
