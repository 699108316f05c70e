/**
 * Password hashes from the outside: argon2id PHC strings and what they cost.
 *
 * @module
 */

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, the numbers in any of the forms libraries write. */
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[\w+/-]{11,86}\$[\w+/-]{16,172}$/;
/** More would let one sign-in hold the server's memory or a core for seconds. */
const MOST = { memoryCost: 262_144, timeCost: 32, parallelism: 16 };

/** Whether it is an argon2id PHC string that we can afford to check. */
export function isPasswordHash(text: string): boolean {
  const costs = readCosts(text);
  if (!costs) return false;
  const { memoryCost, timeCost, parallelism } = costs;
  return (
    memoryCost >= 8 * parallelism &&
    memoryCost <= MOST.memoryCost &&
    timeCost >= 1 &&
    timeCost <= MOST.timeCost &&
    parallelism >= 1 &&
    parallelism <= MOST.parallelism
  );
}

/** True when it was made with less work than we ask for today. */
export function isWeakerHash(passwordHash: string): boolean {
  const costs = readCosts(passwordHash);
  if (!costs) return true;
  const { memoryCost, timeCost } = costs;
  return (
    memoryCost < ARGON2.memoryCost || memoryCost * timeCost < ARGON2.memoryCost * ARGON2.timeCost
  );
}

function readCosts(phc: string) {
  const found = PHC.exec(phc);
  if (!found) return undefined;
  const [, memoryCost, timeCost, parallelism] = found;
  return {
    memoryCost: Number(memoryCost),
    timeCost: Number(timeCost),
    parallelism: Number(parallelism),
  };
}
