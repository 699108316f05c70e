/**
 * Locks the folder that is the argument, says so, and stays.
 *
 * @module
 */
import { lockFolder } from '../../../../src/stores/database/folder-lock.ts';

await lockFolder(process.argv[2] ?? '');
console.log('locked');
setInterval(() => undefined, 60_000);
