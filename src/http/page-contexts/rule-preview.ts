import type { Explanation } from '../../domain/explain/explanation.ts';
import type { Impact, RoleChange } from '../../domain/explain/impact.ts';

/** What the buttons of `ruleChecks` found out; nothing was saved. */
export interface RulePreview {
  readonly room: string;
  /** Username. */
  readonly user: string;
  readonly found: PreviewFound;
}

export type PreviewFound =
  /** The form has mistakes, which are told beside its fields. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'right' }
  /** `only`: the one list that was gone on with. */
  | { readonly kind: 'impact'; readonly impact: Impact; readonly only: RoleChange | undefined }
  | { readonly kind: 'token'; readonly explanation: Explanation }
  | { readonly kind: 'fault'; readonly field: 'room' | 'user'; readonly fault: PreviewFault };

export type PreviewFault = 'missing' | 'room_invalid' | 'user_not_found';
