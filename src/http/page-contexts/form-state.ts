/**
 * What pages with forms have in common.
 *
 * @module
 */
import type { PasswordFault } from '../../domain/errors.ts';

/** What was wrong with a field. */
export type FieldFault =
  | PasswordFault
  | 'email_invalid'
  | 'mismatch'
  | 'missing'
  | 'server_url_invalid'
  | 'taken'
  | 'url_invalid'
  | 'wrong';

/** What a form shows back: values typed so far (never passwords), and what was wrong with them. */
export interface FormState<Value extends string, Secret extends string = never> {
  readonly values: Readonly<Partial<Record<Value, string>>>;
  readonly faults: Readonly<Partial<Record<Value | Secret, FieldFault>>>;
}
