/** Keys and indexes from the top of the file: `['issuers', 0, 'rooms', 2, 'useRule']`. */
export type FilePath = readonly (string | number)[];

/** What is wrong in the file, and what would be right. Secrets are never repeated. */
export interface FileMistake {
  readonly path: FilePath;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Whether the key itself is wrong, or what it holds. */
  readonly about: 'key' | 'value';
  /** Offset of the mistake inside the value, in UTF-16 units. */
  readonly offset?: number | undefined;
}

export function wrongValue(path: FilePath, message: string, hint?: string): FileMistake {
  return { path, message, hint, about: 'value' };
}

/** `issuers[0].rooms[2].useRule`. */
export function printPath(path: FilePath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
