/**
 * A sign-in under way at an upstream: one row of ours, used once, by the browser that began it.
 *
 * @module
 */

/** What it is for: `link` joins it to the account that is signed in, `test` signs nobody in. */
export const LOGIN_PURPOSES = ['sign_in', 'link', 'test'] as const;
export type LoginPurpose = (typeof LOGIN_PURPOSES)[number];

export interface UpstreamLogin {
  readonly upstreamId: string;
  readonly purpose: LoginPurpose;
  /** Who asked, for `link` and `test`. */
  readonly userId: string | undefined;
  /** Checked local path. */
  readonly returnTo: string;
  /** The person must sign in there once more. */
  readonly fresh: boolean;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export const LOGIN_SECONDS = 600;
/** Begun and not ended, of one browser: more push out the oldest. */
export const LOGINS_PER_BROWSER = 20;
/** The same of one network: an office of people who sign in at once, and no more. */
export const LOGINS_PER_NETWORK = 1000;
