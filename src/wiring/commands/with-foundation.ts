import { loadConfig } from '../../config/load.ts';
import { createPasswordHasher, type PasswordHasher } from '../../crypto/password.ts';
import { makeRsaKey } from '../../crypto/rsa-key.ts';
import { DomainError } from '../../domain/errors.ts';
import { type Issuer } from '../../domain/issuer.ts';
import type { User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import { type Foundation, layFoundation } from '../foundation.ts';
import type { Call } from './command.ts';

export type Ground = Foundation & {
  readonly makeKey: typeof makeRsaKey;
  readonly passwords: PasswordHasher;
  readonly publicUrl: URL;
};

/** Opens what a command stands on, and closes it whatever happens. Nothing is logged. */
export async function withFoundation<T>(
  { variables }: Pick<Call, 'variables'>,
  work: (ground: Ground) => Promise<T>,
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
