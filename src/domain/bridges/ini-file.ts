/**
 * INI files as Python's `configparser` reads them: no comment behind a value, indented lines go
 * on, `%%` is a percent sign, keys are lower case.
 *
 * @module
 */
import type { FileReading, LineMistake } from './env-file.ts';

/** Never throws. Names are `section.key`. */
export function readIniFile(text: string): FileReading {
  const values = new Map<string, string>();
  const mistakes: LineMistake[] = [];
  let section: string | undefined;
  let last: string | undefined;

  for (const [index, row] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const tell = (message: string) => mistakes.push({ line: index + 1, message });
    const trimmed = row.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;

    const before = last === undefined ? undefined : values.get(last);
    if (/^\s/.test(row) && last !== undefined && before !== undefined) {
      values.set(last, `${before}\n${trimmed}`);
      continue;
    }
    const heading = /^\[([^\]]+)\]/.exec(trimmed)?.[1];
    if (heading !== undefined) {
      section = heading;
      last = undefined;
      continue;
    }
    const [, key, value = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed) ?? [];
    if (key === undefined) tell('is neither a [section] nor key = value');
    else if (section === undefined) tell(`${key} stands in no section`);
    else {
      last = `${section}.${key.toLowerCase()}`;
      if (values.has(last)) tell(`${key} is set for the second time in [${section}]`);
      else if (/%(?!%)/.test(value.replaceAll('%%', '')))
        tell(`${key} has a % that is neither %% nor understood here: write the value itself`);
      else values.set(last, value.replaceAll('%%', '%'));
    }
  }
  return { values: Object.fromEntries(values), mistakes };
}
