import type { UpstreamSubject } from './upstream-subject.ts';
import type { TrialJudgement, TrialStep, TrialWrong } from '../../domain/upstreams/trial.ts';
import type { UpstreamType } from '../../domain/upstreams/upstream.ts';
import type { MachineForm } from './admin.ts';
import type { SyncCard } from './upstream-syncs.ts';

export interface FormField {
  /** By the name of the configuration file: `mapping.username`. */
  readonly name: string;
  readonly kind: 'line' | 'lines' | 'number' | 'tick' | 'choice' | 'rule' | 'secret' | 'pem';
  /** Of a `choice`; an empty one is none. */
  readonly options?: readonly string[] | undefined;
  /** What counts when nothing is written. */
  readonly usual?: string | undefined;
}

export interface FormPart {
  /** Ends the key of its heading: `upstream.part.provider`. */
  readonly words: string;
  /** Folded away until something in it is set or wrong. */
  readonly folded: boolean;
  readonly fields: readonly FormField[];
}

export interface UpstreamForm {
  readonly parts: readonly FormPart[];
  readonly values: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, readonly FieldMistake[]>>;
}

/** In English, as the file's checks say it; pages translate. */
export interface FieldMistake {
  readonly message: string;
  readonly hint: string | undefined;
  /** What of several is wrong, as it was typed. */
  readonly which: string | undefined;
}

export interface ShownTrial {
  readonly steps: readonly (TrialStep & { readonly isOidcFault: boolean })[];
  readonly wrong: TrialWrong | undefined;
  /** While somebody has yet to sign in there. */
  readonly waits: boolean;
  readonly judgement: TrialJudgement | undefined;
  /** JSON. */
  readonly claims: string;
  readonly draft: string;
  readonly explainHref: string | undefined;
}

export interface UpstreamPages {
  'admin-upstreams': {
    readonly upstreams: readonly (UpstreamSubject & {
      /** Its issuer's or first server's host. */
      readonly host: string;
      readonly people: number;
    })[];
    readonly mayWrite: boolean;
    readonly machine: MachineForm;
  };
  'admin-upstream-test': {
    readonly current: UpstreamSubject;
    /** Slug, and what to call it. */
    readonly issuers: readonly (readonly [string, string])[];
    readonly values: { readonly issuer: string; readonly room: string; readonly login: string };
    readonly fault: 'room_invalid' | undefined;
    /** Begins the sign-in there; it is good once. */
    readonly signInHref: string | undefined;
    readonly trial: ShownTrial | undefined;
  };
  'admin-upstream': {
    /** The one there is; none for a new one. */
    readonly current: UpstreamSubject | undefined;
    readonly type: UpstreamType;
    readonly form: UpstreamForm;
    readonly etag: string;
    readonly mayWrite: boolean;
    readonly people: number;
    /** Of one whose people can be listed. */
    readonly sync: SyncCard | undefined;
    /** What the provider must know; of a new one with … for the slug. */
    readonly callbackUrl: string | undefined;
    readonly machine: MachineForm | undefined;
  };
}
