import type { ClientAuth, ClientKind } from '../../domain/client.ts';
import type { PresetOffer } from '../../domain/jitsi-preset.ts';
import type { ListFrame } from '../list-query.ts';
import type { MachineForm } from './admin.ts';
import type { IssuerSubject } from './issuers.ts';
import type { FieldMistake } from './upstreams.ts';

/** What a client is, in one word: Jitsi's own page, or how it proves itself. */
export type ClientType = 'jitsi' | ClientAuth;

export interface ClientForm {
  /** By the names of the configuration file, addresses one a line. */
  readonly values: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, readonly FieldMistake[]>>;
  /** What is wrong elsewhere because of it: in English, as the file's checks say it. */
  readonly others: readonly { readonly path: string; readonly message: string }[];
}

export interface ClientPages {
  'issuer-clients': {
    readonly issuer: IssuerSubject;
    readonly list: ListFrame;
    readonly sort: string;
    readonly clients: readonly {
      readonly clientId: string;
      readonly name: string;
      readonly kind: ClientKind;
      readonly type: ClientType;
      readonly hosts: readonly string[];
      readonly secretChangedAt: Date | undefined;
      readonly formerSecretEndsAt: Date | undefined;
    }[];
    readonly preset: PresetOffer;
    readonly now: Date;
    readonly machine: MachineForm;
  };
  'issuer-client': {
    readonly issuer: IssuerSubject;
    /** The one there is; none for a new one. */
    readonly current: ClientStandingShown | undefined;
    readonly form: ClientForm;
    readonly etag: string;
    readonly scopes: readonly string[];
    readonly preset: PresetOffer;
    readonly now: Date;
    readonly machine: MachineForm | undefined;
  };
  /** Once: nobody can be told again. */
  'issuer-client-secret': {
    readonly issuer: IssuerSubject;
    readonly clientId: string;
    readonly type: ClientType;
    readonly secret: string;
    readonly discovery: string;
    /** Until then the one before is good. */
    readonly formerSecretEndsAt: Date | undefined;
  };
}

export interface ClientStandingShown {
  readonly clientId: string;
  readonly name: string;
  readonly usesSecret: boolean;
  readonly secretChangedAt: Date | undefined;
  /** Until then the secret before is good; absent when it is no more. */
  readonly formerSecretEndsAt: Date | undefined;
  readonly mayChangeKeys: boolean;
  /** Where the application learns the rest. */
  readonly discovery: string;
  readonly realm: string;
}
