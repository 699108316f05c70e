import type { Branding } from '../../domain/branding.ts';
import type { SignInSetting } from '../../domain/sign-in-setting.ts';
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
    /** Who may sign in with a password kept here. */
    readonly signIn: SignInSetting & {
      readonly source: 'stored' | 'default';
      /** In English, as it is checked; pages translate. */
      readonly fault: string | undefined;
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
