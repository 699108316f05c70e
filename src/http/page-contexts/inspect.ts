import type { Inspection } from '../../domain/explain/inspection.ts';

export type InspectField = 'token' | 'issuer' | 'room' | 'tenant';
export type InspectFault = 'missing' | 'issuer_not_found' | 'room_invalid' | 'tenant_invalid';

export interface InspectPages {
  'admin-inspect': {
    /** Slug, and what to call it. */
    readonly issuers: readonly (readonly [string, string])[];
    readonly values: Readonly<Record<InspectField, string>>;
    readonly faults: Readonly<Partial<Record<InspectField, InspectFault>>>;
    readonly inspection: InspectionShown | undefined;
  };
}

export interface InspectionShown extends Inspection {
  /** As JSON, over several lines. */
  readonly headerText: string;
  readonly claimsText: string;
}
