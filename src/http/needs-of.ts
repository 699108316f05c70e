/** What all of these functions together ask for as their first argument. */
export type NeedsOf<Functions extends readonly ((deps: never) => unknown)[]> = {
  [Key in keyof Functions]: (needs: Parameters<Functions[Key]>[0]) => void;
}[number] extends (needs: infer All) => void
  ? All
  : never;
