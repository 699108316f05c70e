/**
 * Makes an editor of every field for a rule: colours, words to choose from, mistakes as they are
 * typed. The textarea stays what the form sends, and all there is without this script.
 *
 * @module
 */
import { createEditor } from './editor.ts';
import { readWording } from './wording.ts';

const wording = readWording(document);
for (const field of document.querySelectorAll('textarea[data-rule]'))
  if (field instanceof HTMLTextAreaElement && wording) createEditor(field, wording);
