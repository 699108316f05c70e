import { openDatabase } from '../../src/stores/database/open.ts';
import { atEnd } from './at-end.ts';

/**
 * Holds a data folder open as a server does: commands reach its database by the socket, which is
 * much faster than opening it for each.
 */
export async function serveDatabase(dataDir: string): Promise<void> {
  const database = await openDatabase({ dataDir, role: 'server' });
  atEnd(() => database.close());
}
