import { existsSync } from 'node:fs';
import { loadConfig } from '../../config/load.ts';
import { createPasswordHasher, type PasswordHasher } from '../../crypto/password.ts';
import { makeRsaKey } from '../../crypto/rsa-key.ts';
import { DomainError } from '../../domain/errors.ts';
import { type Issuer } from '../../domain/issuer.ts';
import type { User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import { type Foundation, layFoundation } from '../foundation.ts';
import { type Call, Refusal } from './command.ts';

export type Ground = Foundation & {
  readonly makeKey: typeof makeRsaKey;
  readonly passwords: PasswordHasher;
  readonly publicUrl: URL;
};

/**
 * Opens what a command stands on, and closes it whatever happens. Nothing is logged.
 *
 * @throws {Refusal} where `DATA_DIR` is no folder yet: most likely it is mistaken.
 */
export async function withFoundation<T>(call: Pick<Call, 'variables'>, work: Work<T>): Promise<T> {
  const { databaseUrl, dataDir } = loadConfig(call.variables);
  if (databaseUrl === undefined && !existsSync(dataDir))
    throw new Refusal(
      `There is no folder ${dataDir}: DATA_DIR must name the one that the server uses. ` +
        'A new one is made by serve, apply, migrate and setup-link.',
    );
  return withNewFoundation(call, work);
}

/** The same, where the command may be the first there is: it makes an empty database then. */
export async function withNewFoundation<T>(
  { variables }: Pick<Call, 'variables'>,
  work: Work<T>,
): Promise<T> {
  const config = loadConfig(variables);
  const foundation = await layFoundation({ ...config, logLevel: 'silent' }, 'command');
  const { concurrency, queueMax } = config.hashing;
  const passwords = createPasswordHasher({ parallel: concurrency, queue: queueMax });
  try {
    return await work({
      ...foundation,
      makeKey: makeRsaKey,
      passwords,
      publicUrl: await findPublicUrl(foundation),
    });
  } finally {
    await foundation.database.close();
  }
}

type Work<T> = (ground: Ground) => Promise<T>;

/** The environment's word, else what setup stored, else localhost. */
async function findPublicUrl({ config, stores }: Foundation): Promise<URL> {
  if (config.publicUrl) return config.publicUrl;
  const stored = await stores.settings.find('public_url');
  return new URL(typeof stored === 'string' ? stored : `http://localhost:${config.port}`);
}

/** @throws {DomainError} `user_not_found`. */
export async function requireUser(stores: Pick<Stores, 'users'>, name: string): Promise<User> {
  const found = await stores.users.findByLoginName(name);
  if (!found) throw new DomainError('user_not_found', { name });
  return found.user;
}

/** @throws {DomainError} `issuer_not_found`. */
export async function requireIssuer(
  stores: Pick<Stores, 'issuers'>,
  slug: string,
): Promise<Issuer> {
  const issuer = await stores.issuers.findBySlug(slug);
  if (!issuer) throw new DomainError('issuer_not_found', { slug });
  return issuer;
}
