/**
 * One client as a form or a machine gives it: read and checked as an entry of a file would be.
 *
 * @module
 */
import type { InputIssue } from '../errors.ts';
import { faultText } from '../faults.ts';
import type { Issuer } from '../issuer.ts';
import { checkClientEntries } from './check-client-entries.ts';
import { type ClientEntry, clientEntrySchema } from './client-schema.ts';
import { fromIssuer } from './issuer-entry.ts';
import { type FileMistake, type FilePath, printPath, wrongValue } from './mistake.ts';
import { unknownKeys } from './unknown-keys.ts';

/** By the names of the configuration file; `undefined` and `null` stand for the default. */
export type ClientFields = Readonly<Record<string, unknown>>;

export interface ClientReading {
  /** Nothing when there is an issue. */
  readonly entry: ClientEntry | undefined;
  /** Paths are of the client alone, `redirectUris[1]`; of its neighbours, of the issuer. */
  readonly issues: readonly InputIssue[];
}

/** Stand for what is missing or wrong: the rest is checked still, and never written. */
const STAND_INS = { clientId: '-', kind: 'oidc', redirectUris: ['https://client.invalid/'] };

/** Given by nobody: Roomkey makes secrets, and reads no file for a form. */
const NOT_GIVEN = ['secret', 'secretFile'];

/** @param fields Of the client of this name in the issuer, new or in place of the one there is. */
export function readClient(fields: ClientFields, issuer: Issuer): ClientReading {
  const given = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
  const mistakes: FileMistake[] = [
    ...unknownKeys(clientEntrySchema, given, []),
    ...NOT_GIVEN.filter((key) => Object.hasOwn(given, key)).map((key) =>
      wrongValue([key], 'is made by Roomkey'),
    ),
  ];
  const first = clientEntrySchema.safeParse(given);
  const wrong = new Set<unknown>();
  for (const { path, message } of first.error?.issues ?? []) {
    const at = path.map((step) => (typeof step === 'symbol' ? '?' : step));
    const isMissing = at.length === 1 && !Object.hasOwn(given, at[0] ?? '');
    mistakes.push(
      wrongValue(at, isMissing ? faultText('required', { name: String(at[0]) }) : message),
    );
    wrong.add(at[0]);
  }
  const right = Object.entries(given).filter(([key]) => !wrong.has(key));
  const entry = clientEntrySchema.parse({ ...STAND_INS, ...Object.fromEntries(right) });
  mistakes.push(...checkBesideOthers(entry, issuer).filter(({ path }) => !wrong.has(path[0])));
  return {
    entry: mistakes.length === 0 ? entry : undefined,
    issues: mistakes.map(({ path, message, hint }) => ({ path: printPath(path), message, hint })),
  };
}

/** A new Jitsi client's audience may be another's name: then that one is in the way. */
function checkBesideOthers(entry: ClientEntry, issuer: Issuer): FileMistake[] {
  const { clients = [], ...own } = fromIssuer(issuer);
  const known = clients.findIndex(({ clientId }) => clientId === entry.clientId);
  const index = known < 0 ? clients.length : known;
  const all = clients.toSpliced(index, 1, entry);
  return checkClientEntries({ ...own, clients: all }, []).map((mistake) => ({
    ...mistake,
    path: mistake.path[1] === index ? (mistake.path.slice(2) satisfies FilePath) : mistake.path,
  }));
}
