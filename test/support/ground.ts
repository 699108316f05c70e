/**
 * On which database the suite runs, told by the global setup to every test file.
 *
 * @module
 */
export type Ground =
  | { readonly kind: 'embedded'; readonly dump: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly template: string };

declare module 'vitest' {
  export interface ProvidedContext {
    ground: Ground;
  }
}
