import { loginKey } from './user.ts';

export interface Group {
  /** UUID. */
  readonly id: string;
  /** Rules compare it exactly; two names may not differ by case alone. */
  readonly name: string;
}

/** The form in which group names must be unique. */
export const groupKey = loginKey;
