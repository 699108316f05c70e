/**
 * What was removed and can still be put back.
 *
 * @module
 */
import type { RoomEntry } from './config-file/schema.ts';

/** Things that are rows of their own, kept as they stood: see `stores/bin-parts.ts`. */
export const BIN_ROW_KINDS = ['user', 'group', 'issuer', 'client', 'upstream'] as const;
export type BinRowKind = (typeof BIN_ROW_KINDS)[number];

/** A room policy is a part of its issuer, kept as `KeptPolicy`. */
export const BIN_KINDS = [...BIN_ROW_KINDS, 'room_policy'] as const;
export type BinKind = (typeof BIN_KINDS)[number];

export interface BinItem {
  /** UUID, of the item and not of what is in it. */
  readonly id: string;
  readonly kind: BinKind;
  /** A room policy has none: it is its issuer's. */
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
  /** The name or address that is taken: `ada@example.org`; or what it belonged to and is gone. */
  readonly name: string;
  /** Who or what has it now, as people know it; `undefined` for what is gone. */
  readonly takenBy: string | undefined;
}

/** A room policy in the bin. */
export interface KeptPolicy {
  /** Slug of its issuer. */
  readonly issuer: string;
  readonly policy: RoomEntry;
  /** The `match` of all policies of the issuer, its own too, as they were ordered. */
  readonly order: readonly string[];
}

export const BIN_SECONDS = 7 * 24 * 3600;
