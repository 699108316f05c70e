/**
 * What was removed and can still be put back.
 *
 * @module
 */

/** Things whose rows the bin knows how to keep: see `stores/bin-parts.ts`. */
export const BIN_KINDS = ['user', 'group', 'issuer'] as const;
export type BinKind = (typeof BIN_KINDS)[number];

export interface BinItem {
  /** UUID, of the item and not of what is in it. */
  readonly id: string;
  readonly kind: BinKind;
  readonly objectId: string;
  /** As people knew it when it was removed. */
  readonly name: string;
  readonly removedAt: Date;
  readonly removedById: string | undefined;
  readonly removedByName: string;
  readonly expiresAt: Date;
}

/** What stands in the way of putting something back. */
export interface BinConflict {
  /** The name or address that is taken: `ada@example.org`. */
  readonly name: string;
  /** Who or what has it now, as people know it. */
  readonly takenBy: string | undefined;
}

export const BIN_SECONDS = 7 * 24 * 3600;
