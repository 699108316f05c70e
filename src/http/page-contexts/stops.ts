import type { StopState } from '../../domain/token-stop.ts';
import type { ListFrame } from '../list-query.ts';
import type { MachineForm } from './admin.ts';
import type { IssuerHead } from './issuers.ts';

export interface StopPages {
  'admin-stops': {
    readonly list: ListFrame;
    readonly sort: string;
    readonly stops: readonly StopEntry[];
    readonly now: Date;
    readonly mayStop: boolean;
    readonly machine: MachineForm;
  };
  'admin-stop-new': {
    readonly values: {
      readonly user: string;
      readonly issuer: string;
      readonly room: string;
      readonly reason: string;
      readonly lasts: string;
    };
    readonly faults: Readonly<Partial<Record<StopField, true>>>;
    readonly issuers: readonly IssuerHead[];
    /** Of whom or what the form names already. */
    readonly outstanding: Outstanding | undefined;
    readonly now: Date;
    readonly machine: MachineForm;
  };
  'admin-stop': {
    readonly stop: StopEntry;
    readonly outstanding: Outstanding;
    readonly now: Date;
    readonly mayStop: boolean;
    readonly historyHref: string;
    readonly machine: MachineForm;
  };
}

export type StopField = 'user' | 'issuer' | 'room' | 'reason' | 'endsAt';

export interface Outstanding {
  readonly count: number;
  readonly lastExpiresAt: Date | undefined;
}

export interface StopEntry {
  readonly id: string;
  readonly kind: 'user' | 'room' | 'issuer';
  /** Of the user or the issuer. */
  readonly name: string;
  /** Name or pattern. */
  readonly room: string | undefined;
  readonly reason: string;
  readonly state: StopState;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly endsAt: Date | undefined;
  readonly liftedAt: Date | undefined;
  readonly liftedBy: string | undefined;
}
