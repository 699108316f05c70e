/**
 * Opens a database, prints whether that went well or why not, and ends.
 * Argument: the settings of `openDatabase` as JSON.
 *
 * @module
 */
import { openDatabase } from '../../../../src/stores/database/open.ts';

try {
  const { close } = await openDatabase(JSON.parse(process.argv[2] ?? ''));
  console.log('opened');
  await close();
} catch (error) {
  console.log(String(error));
}
