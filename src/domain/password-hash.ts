/**
 * Password hashes from the outside: argon2id PHC strings and what they cost.
 *
 * @module
 */

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash` */
const PHC =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d{0,2}),p=([1-9]\d?)\$([A-Za-z\d+/]{11,86})\$([A-Za-z\d+/]{16,172})$/;
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
  const [, memoryCost, timeCost, parallelism, salt = '', hash = ''] = found;
  if (!isBase64(salt) || !isBase64(hash)) return undefined;
  return {
    memoryCost: Number(memoryCost),
    timeCost: Number(timeCost),
    parallelism: Number(parallelism),
  };
}

/** As an encoder writes it, without padding: nothing else is decoded when it is checked. */
function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64').replace(/=+$/, '') === text;
}
