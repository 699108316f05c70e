import { type SecretBox, SecretBoxError } from '../crypto/secret-box.ts';
import type { Clock } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';

const PLACE = { table: 'settings', column: 'value', id: 'secret_canary' };
const SONG = 'the canary sings';

/**
 * Proves that this process holds the secret with which the database was sealed, before anything
 * else is opened or sealed with a wrong one. The first process to come leaves the proof.
 *
 * @throws {SecretBoxError} in words for the operator.
 */
export async function checkSecretCanary(deps: {
  readonly stores: Pick<Stores, 'settings'>;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
}): Promise<void> {
  const { stores, secretBox, clock } = deps;
  const fresh = secretBox.seal(SONG, PLACE).toString('base64');
  const kept = await stores.settings.setOnce('secret_canary', fresh, clock.now());

  try {
    if (secretBox.open(Buffer.from(String(kept), 'base64'), PLACE) === SONG) return;
  } catch (cause) {
    throw wrongSecret(cause);
  }
  throw wrongSecret(undefined);
}

function wrongSecret(cause: unknown): SecretBoxError {
  return new SecretBoxError(
    'ROOMKEY_SECRET is not the one this database was sealed with. Set the former one (several may ' +
      'be given, separated by commas: the first seals, all open). Nothing was changed.',
    { cause },
  );
}

/** Seals the proof anew, with the key that seals now. */
export async function renewSecretCanary(
  { settings }: Pick<Stores, 'settings'>,
  secretBox: SecretBox,
  now: Date,
): Promise<void> {
  await settings.set('secret_canary', secretBox.seal(SONG, PLACE).toString('base64'), now);
}
