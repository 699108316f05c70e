import { stringify } from 'yaml';

/** A piece of the configuration file, or what a page shows; never with a secret: the page shows it. */
export function asYaml(piece: object): string {
  return stringify(piece, { lineWidth: 100 }).trimEnd();
}
