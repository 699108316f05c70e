import type { BarPlot } from '../../domain/bar-plot.ts';
import type { ServiceWarning } from '../../domain/service-warning.ts';
import type { StatisticsPeriod } from '../../domain/statistics.ts';
import type { MachineForm } from './admin.ts';

export interface DashboardPages {
  'admin-dashboard': {
    readonly period: StatisticsPeriod;
    readonly warnings: readonly ServiceWarning[];
    /** How many stops are in force. */
    readonly stops: number;
    readonly totals: {
      readonly signIns: number;
      readonly signInsRefused: number;
      readonly tokens: number;
      readonly tokensRefused: number;
    };
    readonly plots: readonly DashboardPlot[];
    readonly keys: readonly DashboardKeys[];
    readonly now: Date;
    readonly machine: MachineForm;
  };
}

export interface DashboardPlot {
  readonly kind: 'sign_ins' | 'tokens' | 'tokens_refused';
  readonly plot: BarPlot;
  /** `name` of an issuer; `code` for what is of none. */
  readonly series: readonly {
    readonly name: string | undefined;
    readonly code: 'let_in' | 'refused' | 'issuer' | 'others';
    readonly total: number;
  }[];
  /** The same in numbers, a row for each bar. */
  readonly rows: readonly {
    readonly label: string;
    /** Under the plot, where there is room for it. */
    readonly mark: string | undefined;
    readonly values: readonly number[];
  }[];
}

export interface DashboardKeys {
  readonly slug: string;
  readonly name: string;
  /** Since when the active key signs. */
  readonly activeSince: Date | undefined;
  readonly nextRotationAt: Date | undefined;
  /** Keys that sign no more and are served still. */
  readonly leaving: number;
}
