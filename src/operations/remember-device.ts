import { tokenHash } from '../crypto/digest.ts';
import type { Clock, Random } from '../domain/clock.ts';
import type { StoresInTransaction } from '../stores/index.ts';
import type { RememberedDevice } from '../stores/known-devices.ts';

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
  whose: DeviceOwner,
): Promise<string> {
  const { token, device } = newDevice(random, whose);
  await stores.knownDevices.remember(device, clock.now());
  return token;
}

interface DeviceOwner {
  readonly userId: string;
  /** What the browser's cookie holds now. */
  readonly previousToken: string | undefined;
}

/** A cookie that nobody has written down yet. */
export function newDevice(random: Random, { userId, previousToken }: DeviceOwner) {
  const token = random.token();
  const previousTokenHash = previousToken === undefined ? undefined : tokenHash(previousToken);
  const device: RememberedDevice = { tokenHash: tokenHash(token), previousTokenHash, userId };
  return { token, device };
}
