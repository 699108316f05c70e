import type { Sql } from './rows.ts';

/** What is set once for the whole service, by name. Values are JSON. */
export interface SettingStore {
  find(key: string): Promise<unknown>;
  /** All settings at once: there are few. */
  all(): Promise<ReadonlyMap<string, unknown>>;
  set(key: string, value: unknown, now: Date): Promise<void>;
  /** Sets it unless it is set already; gives what counts now. One statement, race-safe. */
  setOnce(key: string, value: unknown, now: Date): Promise<unknown>;
}

interface SettingRow {
  key: string;
  value: unknown;
  updated_at: Date;
}

export function createSettingStore(sql: Sql): SettingStore {
  const settings = () => sql<SettingRow>('settings');
  const row = (key: string, value: unknown, now: Date) => ({
    key,
    value: JSON.stringify(value),
    updated_at: now,
  });

  return {
    async find(key) {
      const found = await settings().where({ key }).first();
      return found?.value;
    },
    async all() {
      const rows = await settings().select('key', 'value');
      return new Map(rows.map(({ key, value }) => [key, value]));
    },
    async set(key, value, now) {
      await settings()
        .insert(row(key, value, now))
        .onConflict('key')
        .merge();
    },
    async setOnce(key, value, now) {
      const [kept] = await settings()
        .insert(row(key, value, now))
        .onConflict('key')
        .merge({ key })
        .returning('value');
      return kept?.value;
    },
  };
}
