/**
 * Which browser on which system a `User-Agent` speaks of, for a person to recognise. A hint, not
 * a fact: anybody may write anything there.
 *
 * @module
 */

export interface Device {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

/** Order matters: each of them also claims to be the ones after it. */
const BROWSERS = [
  ['Electron/', 'Jitsi Meet'],
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
  ['curl/', 'curl'],
] as const;
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

export function describeDevice(userAgent: string | undefined): Device {
  const find = (table: readonly (readonly [string, string])[]) =>
    table.find(([mark]) => userAgent?.includes(mark))?.[1];
  return { browser: find(BROWSERS), system: find(SYSTEMS) };
}
