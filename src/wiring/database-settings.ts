import type { Config } from '../config/config.ts';
import type { DatabaseSettings } from '../stores/database/open.ts';

export function databaseSettings(config: Config, role: 'server' | 'command'): DatabaseSettings {
  const { databaseUrl, databasePoolMax, dataDir } = config;
  if (databaseUrl === undefined) return { dataDir, role };
  return { url: databaseUrl, poolMax: databasePoolMax };
}
