import type { MachineForm } from './admin.ts';
import type { FieldChange } from '../../domain/config-file/change.ts';
import type { IntegrationGuide } from '../../domain/integration/guide-file.ts';
import type { IssuerWarning, WarningCode } from '../../domain/issuer-warning.ts';
import type { JitsiFinding } from '../../domain/jitsi-check/finding.ts';
import type { PresetOffer } from '../../domain/jitsi-preset.ts';
import type { KeyTimes } from '../../domain/key-timeline.ts';
import type { KeyRing } from '../../domain/signing-key.ts';
import type { RuleFault } from '../rule-fault.ts';
import type { RulePreview } from './rule-preview.ts';

/** Which issuer. */
export interface IssuerHead {
  readonly slug: string;
  readonly name: string;
}

/** Which issuer a page is about, and what whoever looks may do with it. */
export interface IssuerSubject extends IssuerHead {
  readonly mayWrite: boolean;
}

/** What the page shows, for machines. */
interface Machine {
  readonly curl: string | undefined;
  readonly yaml: string | undefined;
}

/** Values of a form by the names of the configuration file, and which of them are wrong. */
export interface IssuerForm {
  readonly values: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, true>>;
  /** What is wrong elsewhere because of it: in English, as the file's checks say it. */
  readonly others: readonly { readonly path: string; readonly message: string }[];
}

export interface RulesForm {
  /** `useRule`, `features.recording`, `lobby.bypass`, … */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, RuleFault>>;
  /** Whether a feature has a rule, or a fault. */
  readonly hasFeatures: boolean;
}

interface PolicyEntry {
  readonly match: string;
  readonly useRule: string | undefined;
  readonly moderatorRule: string | undefined;
  /** Names of the features it has rules for. */
  readonly features: readonly string[];
  readonly lobbyBypass: string | undefined;
}

export interface IssuerPages {
  'issuer-new': { readonly form: IssuerForm; readonly rules: RulesForm };
  'issuer-overview': {
    readonly issuer: IssuerSubject;
    readonly facts: {
      readonly serverUrl: string | undefined;
      readonly iss: string;
      readonly appId: string;
      readonly sub: string;
      readonly algorithm: string;
      readonly tokenTtlSeconds: number;
      readonly useRule: string;
      readonly moderatorRule: string | undefined;
      readonly policies: number;
      /** Of the shared secret, where there is one. */
      readonly secretChangedAt: Date | undefined;
      readonly loginAddress: string;
    };
    readonly now: Date;
    readonly warnings: readonly WarningCode[];
    readonly isSecretWeak: boolean;
    readonly machine: Machine;
  };
  'issuer-edit': {
    readonly issuer: IssuerSubject;
    readonly form: IssuerForm;
    readonly etag: string;
    readonly usesSecret: boolean;
    readonly secretChangedAt: Date | undefined;
    readonly now: Date;
    readonly isSecretWeak: boolean;
    /** What saving means for the Jitsi server; saved once more it is done all the same. */
    readonly warnings: readonly IssuerWarning[];
    readonly changes: readonly FieldChange[];
    /** Sent along to save what was warned of; empty when nothing was. */
    readonly confirm: string;
    readonly machine: Machine;
  };
  'issuer-rules': {
    readonly machine: MachineForm;
    readonly issuer: IssuerSubject;
    /** What was asked before saving. */
    readonly preview: RulePreview | undefined;
    readonly rules: RulesForm;
    readonly features: readonly string[];
    readonly etag: string;
  };
  'issuer-mapping': {
    readonly machine: MachineForm;
    readonly issuer: IssuerSubject;
    /** What was asked before saving. */
    readonly preview: RulePreview | undefined;
    readonly mapping: Readonly<Record<string, string | undefined>>;
    readonly group: string | undefined;
    readonly extraClaims: readonly { readonly claim: string; readonly value: string }[];
    readonly faults: Readonly<Record<string, RuleFault>>;
    readonly etag: string;
  };
  'issuer-rooms': {
    readonly issuer: IssuerSubject;
    readonly policies: readonly PolicyEntry[];
    readonly etag: string;
    readonly machine: Machine;
  };
  'issuer-room': {
    readonly machine: MachineForm | undefined;
    readonly issuer: IssuerSubject;
    /** What was asked before saving. */
    readonly preview: RulePreview | undefined;
    /** The policy that is edited, by its pattern; none for a new one. */
    readonly current: string | undefined;
    readonly rules: RulesForm;
    readonly features: readonly string[];
    readonly isMatchWrong: boolean;
    readonly etag: string;
  };
  'issuer-keys': {
    readonly issuer: IssuerSubject;
    readonly mayChangeKeys: boolean;
    readonly usesSecret: boolean;
    readonly now: Date;
    /** That of Jitsi tokens first; it is not there with a shared secret. */
    readonly rings: readonly {
      readonly name: KeyRing;
      /** None of the other ring before the first application is used. */
      readonly keys: readonly KeyTimes[];
      readonly nextRotationAt: Date | undefined;
      /** Before then rotating has to be forced. */
      readonly nextReadyAt: Date | undefined;
    }[];
    readonly keyRotationDays: number | undefined;
    readonly problem:
      | { readonly code: 'key_too_young' | 'key_in_use'; readonly kid: string; readonly at: Date }
      | { readonly code: 'pem_wrong' | 'days_wrong' }
      | undefined;
    readonly etag: string;
    readonly machine: Machine;
  };
  'issuer-check': {
    readonly issuer: IssuerSubject;
    readonly address: string | undefined;
    readonly publicUrl: string;
    readonly findings: readonly JitsiFinding[] | undefined;
  };
  integration: {
    readonly issuer: IssuerSubject;
    /** Host of the Jitsi server, once it is known. */
    readonly host: string | undefined;
    readonly guide: IntegrationGuide;
    /** Ends the address of a download: `?platform=…`. */
    readonly query: string;
    /** Our origin, as the lines name it. */
    readonly publicUrl: string;
    readonly reach: 'anywhere' | 'this_machine';
    /** `setup`: the first look, right after the administrator was made. */
    /** `declared`: of setup where the issuer was there before. */
    readonly occasion: 'setup' | 'declared' | 'visit';
    /** How many OpenID clients there are. */
    readonly clients: number;
    /** Whether Jitsi's own page can be one of them. */
    readonly preset: PresetOffer;
  };
}
