import { BIN_SECONDS, type BinItem } from '../domain/bin.ts';
import type { Random } from '../domain/clock.ts';
import type { StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';

/** What everything that is moved to the bin says of its removal. */
export interface Removal {
  readonly tx: Pick<StoresInTransaction, 'bin'>;
  readonly now: Date;
  readonly random: Pick<Random, 'uuid'>;
  readonly actor: Actor;
}

export function newBinItem<Thing extends Pick<BinItem, 'kind' | 'objectId' | 'name'>>(
  { now, random, actor }: Removal,
  thing: Thing,
): BinItem & Thing {
  return {
    ...thing,
    id: random.uuid(),
    removedAt: now,
    removedById: actor.actorId,
    removedByName: actor.actorName,
    expiresAt: new Date(now.getTime() + BIN_SECONDS * 1000),
  };
}
