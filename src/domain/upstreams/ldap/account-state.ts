/**
 * Whether a directory says that somebody may not sign in. Each has its own way to say so.
 *
 * Only what lasts counts: who is locked for some minutes after wrong passwords is refused by the
 * directory itself, and neither signed out nor shut out here. Otherwise any stranger who hammers a
 * name would end its meetings.
 *
 * @module
 */
import { type DirectoryEntry, textOf } from './entry.ts';

/** Attributes read here that a search does not give unless they are asked for by name. */
export const STATE_ATTRIBUTES = ['pwdAccountLockedTime', 'nsAccountLock', 'loginDisabled'] as const;

const ACCOUNT_DISABLED = 2n;
/** 100 ns between 1601 and 1970. */
const FILETIME_EPOCH = 116_444_736_000_000_000n;
const FILETIME_NEVER = 9_223_372_036_854_775_807n;
const DAY_MS = 86_400_000;

type Reading = (entry: DirectoryEntry, now: Date) => boolean;

const READINGS: readonly Reading[] = [
  /** Active Directory: the ACCOUNTDISABLE bit (MS-ADTS, section 2.2.16). */
  (entry) => ((readInteger(textOf(entry, 'userAccountControl')) ?? 0n) & ACCOUNT_DISABLED) !== 0n,
  /** Active Directory: 100 ns since 1601; 0 and the greatest number mean never. */
  (entry, now) => {
    const expires = readInteger(textOf(entry, 'accountExpires')) ?? 0n;
    if (expires === 0n || expires === FILETIME_NEVER) return false;
    return (expires - FILETIME_EPOCH) / 10_000n <= BigInt(now.getTime());
  },
  /** OpenLDAP's password policy: locked until an administrator opens it (slapo-ppolicy). */
  (entry) => textOf(entry, 'pwdAccountLockedTime')?.startsWith('0000010100') ?? false,
  /** 389 Directory Server, FreeIPA. */
  (entry) => isTrue(textOf(entry, 'nsAccountLock')),
  /** eDirectory. */
  (entry) => isTrue(textOf(entry, 'loginDisabled')),
  /** Days since 1970; none, or a negative number, means never (shadow(5)). */
  (entry, now) => {
    const day = readInteger(textOf(entry, 'shadowExpire')) ?? -1n;
    return day >= 0n && day * BigInt(DAY_MS) <= BigInt(now.getTime());
  },
];

export function isAccountDisabled(entry: DirectoryEntry, now: Date): boolean {
  return READINGS.some((says) => says(entry, now));
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

function readInteger(text: string | undefined): bigint | undefined {
  return text !== undefined && /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}
