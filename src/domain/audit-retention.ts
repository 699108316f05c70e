/**
 * How long audit rows are kept: the environment's word, else what administrators set, else 90 days.
 *
 * @module
 */

export const RETENTION_SETTING = 'audit_retention_days';
export const RETENTION_DEFAULT_DAYS = 90;
/**
 * As long as things lie in the bin, hours are counted and links for passwords live: who misuses a
 * right cannot make the log forget it before others had a week to look.
 */
export const RETENTION_MIN_DAYS = 7;
export const RETENTION_MAX_DAYS = 36_500;

export interface Retention {
  readonly days: number;
  readonly source: 'environment' | 'setting' | 'default';
}

/** @param fixedDays Of the environment. */
export function readRetention(
  fixedDays: number | undefined,
  settings: ReadonlyMap<string, unknown>,
): Retention {
  if (fixedDays !== undefined) return { days: fixedDays, source: 'environment' };
  const stored = settings.get(RETENTION_SETTING);
  return typeof stored === 'number'
    ? { days: stored, source: 'setting' }
    : { days: RETENTION_DEFAULT_DAYS, source: 'default' };
}
