import type { Explanation } from '../../domain/explain/explanation.ts';
import type { MachineForm } from './admin.ts';
import type { RuleFault } from '../rule-fault.ts';
import type { PastCase } from '../../domain/explain/past-case.ts';

/** A field of the case, as it stands in the address. */
export const CASE_FIELDS = [
  'issuer',
  'user',
  'madeUp',
  'displayName',
  'email',
  'groups',
  'attributes',
  'room',
  'client',
  'tenant',
  'at',
  'ip',
  'mfa',
  'useRule',
  'moderatorRule',
  'reference',
] as const;
export type CaseField = (typeof CASE_FIELDS)[number];

export type CaseFault =
  | 'missing'
  | 'issuer_not_found'
  | 'user_not_found'
  | 'client_not_found'
  | 'room_invalid'
  | 'tenant_invalid'
  | 'at_invalid'
  | 'ip_invalid'
  | 'attributes_invalid'
  | 'reference_not_found';

export interface ExplainPages {
  'admin-explain': {
    /** Slug, and what to call it. */
    readonly issuers: readonly (readonly [string, string])[];
    readonly values: Readonly<Record<CaseField, string>>;
    readonly faults: Readonly<Partial<Record<CaseField, CaseFault>>>;
    /** Mistakes in the rules that are tried. */
    readonly ruleFaults: Readonly<Partial<Record<'useRule' | 'moderatorRule', RuleFault>>>;
    /** What was decided then, when the case came by its reference. */
    readonly past: PastCase | undefined;
    readonly explanation: Explanation | undefined;
    /** Whether the token may be signed for whoever looks. */
    readonly maySign: boolean;
    readonly machine: MachineForm | undefined;
    /** Compact JWS, right after it was asked for. */
    readonly token: string | undefined;
  };
}
