/**
 * What the machine does when it does nothing else: the yardsticks.
 *
 * @module
 */
import { createPrivateKey, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { verify as verifyOurs } from '@node-rs/argon2';
import { verify } from 'argon2';
import { createPasswordHasher } from '../src/crypto/password.ts';
import { makeRsaKey } from '../src/crypto/rsa-key.ts';

/** RSA-2048 signatures a second on one core, over a text as long as a token's. */
export async function createSigningRate(): Promise<(seconds: number) => number> {
  const key = createPrivateKey((await makeRsaKey(2048)).privatePem);
  const text = Buffer.alloc(600, 'x');
  return (seconds) => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < seconds * 1000) {
      sign('sha256', text, key);
      count++;
    }
    return (count * 1000) / (performance.now() - start);
  };
}

/**
 * argon2id verifications a second, as many at once as there are cores: by the package most programs
 * use, and by the one we use (docs/decisions/0005).
 */
export async function createHashingRates() {
  const password = 'a long enough passphrase';
  const stored = await createPasswordHasher({ parallel: 1, queue: 1 }).hash(password);
  return {
    usual: rateOf(() => verify(stored, password)),
    ours: rateOf(() => verifyOurs(stored, password)),
  };
}

function rateOf(work: () => Promise<unknown>): (seconds: number) => Promise<number> {
  return async (seconds) => {
    const start = performance.now();
    let count = 0;
    const oneCore = async () => {
      while (performance.now() - start < seconds * 1000) {
        await work();
        count++;
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, oneCore));
    return (count * 1000) / (performance.now() - start);
  };
}
