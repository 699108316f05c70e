import { fileURLToPath } from 'node:url';
import { loadMessages, type Wording } from '../http/messages.ts';

/** The same distance from `src/wiring/` and `dist/wiring/`. */
const LOCALES = fileURLToPath(new URL('../../views/locales', import.meta.url));

/** What commands say with the words of the pages. */
export function english(): Wording {
  return loadMessages(LOCALES)('en');
}
