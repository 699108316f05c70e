import type { ListFrame } from '../list-query.ts';

/** The pages that all areas of the administration share. */
export interface AdminPages {
  'admin-confirmation': {
    /** Where the form goes: the address that asked. */
    readonly action: string;
    /** What was sent, to be sent again: name and value. */
    readonly fields: readonly (readonly [string, string])[];
    readonly refusal: 'password_wrong' | 'login_limited' | 'upstream_unavailable' | undefined;
  };
  'admin-export': { readonly machine: MachineForm };
  'admin-issuers': {
    readonly list: ListFrame;
    readonly sort: string;
    readonly issuers: readonly IssuerEntry[];
    readonly mayWrite: boolean;
    readonly machine: MachineForm;
  };
}

export interface IssuerEntry {
  readonly slug: string;
  readonly name: string;
  /** Host of the Jitsi server. */
  readonly host: string | undefined;
  readonly algorithm: string;
  readonly useRule: string;
}

/** The same by machine; nothing in it is secret. */
export interface MachineForm {
  /** See `asCurl`. */
  readonly curl: string | undefined;
  /** For `roomkey apply`. */
  readonly yaml: string | undefined;
  /** What the page shows, as YAML, where the configuration file has no place for it. */
  readonly view?: string | undefined;
}
