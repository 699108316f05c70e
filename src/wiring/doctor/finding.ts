/** What the doctor found: a sentence, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly state: 'good' | 'worry' | 'bad';
  readonly says: string;
  readonly todo?: string;
}

export const good = (check: string, says: string): Finding => ({ check, state: 'good', says });

export function worry(check: string, says: string, todo: string): Finding {
  return { check, state: 'worry', says, todo };
}

export function bad(check: string, says: string, todo: string): Finding {
  return { check, state: 'bad', says, todo };
}
