import type { Branding } from '../../domain/branding.ts';
import type { ColorJudgement } from '../brand-colors.ts';

export interface SettingsPages {
  settings: {
    readonly mayWrite: boolean;
    readonly etag: string;
    readonly publicUrl: {
      readonly value: string;
      readonly source: 'environment' | 'stored' | 'default';
      /** As typed. */
      readonly typed: string;
      readonly isWrong: boolean;
      /** The new address did not answer: saved once more, it is believed all the same. */
      readonly problem: { readonly origin: string; readonly reason: string } | undefined;
    };
    readonly branding: {
      readonly source: 'stored' | 'default';
      /** As typed. */
      readonly values: Readonly<Record<'name' | 'color' | 'logoUrl', string>>;
      readonly faults: Readonly<Partial<Record<'name' | 'color' | 'logoUrl', true>>>;
    };
    /** The sign-in page as it would be. */
    readonly preview: {
      readonly branding: Branding;
      readonly stylesheet: string;
      readonly judged: Readonly<Record<'light' | 'dark', ColorJudgement>>;
    };
    readonly machine: { readonly curl: string | undefined; readonly yaml: string | undefined };
  };
  'settings-moved': { readonly origin: string };
}
