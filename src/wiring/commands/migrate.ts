import { loadConfig } from '../../config/load.ts';
import { migrate as migrateDatabase } from '../../stores/database/migrate.ts';
import { openDatabase } from '../../stores/database/open.ts';
import { databaseSettings } from '../database-settings.ts';
import type { Command } from './command.ts';

export const migrate: Command = {
  name: 'migrate',
  synopsis: '',
  summary: 'Brings the database to the newest schema; serve does so by itself.',
  words: [0, 0],
  options: {},
  async run({ variables }) {
    const database = await openDatabase(databaseSettings(loadConfig(variables), 'command'));
    try {
      const migrations = await migrateDatabase(database.knex);
      const lines =
        migrations.length === 0
          ? ['The database has the newest schema.']
          : migrations.map((name) => `applied ${name}`);
      return { ok: true, lines, json: { migrations } };
    } finally {
      await database.close();
    }
  },
};
