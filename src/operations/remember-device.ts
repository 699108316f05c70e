import { tokenHash } from '../crypto/digest.ts';
import type { Clock, Random } from '../domain/clock.ts';
import type { StoresInTransaction } from '../stores/index.ts';

export interface RememberDeviceDeps {
  readonly stores: Pick<StoresInTransaction, 'knownDevices'>;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes the browser one that the person is known to use; gives its new cookie. The old one stops
 * counting: a cookie that somebody planted, or copied, is worth nothing after the next sign-in.
 */
export async function rememberDevice(
  { stores, clock, random }: RememberDeviceDeps,
  { userId, previousToken }: { userId: string; previousToken: string | undefined },
): Promise<string> {
  const token = random.token();
  const previousTokenHash = previousToken === undefined ? undefined : tokenHash(previousToken);
  const device = { tokenHash: tokenHash(token), previousTokenHash, userId };
  await stores.knownDevices.remember(device, clock.now());
  return token;
}
