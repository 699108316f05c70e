import type { User } from '../../domain/user.ts';

/** A link for a new password, on its way to whom it is for. */
export interface LinkMail {
  /** Has an e-mail address. */
  readonly user: User;
  readonly link: string;
  readonly expiresAt: Date;
}

/** Sends it; false when that failed, which is logged. `undefined`: no mail server is set. */
export type SendLink = ((mail: LinkMail) => Promise<boolean>) | undefined;

/** Where a link leads. */
export function passwordLink(publicUrl: URL, token: string): string {
  return new URL(`/password/${token}`, publicUrl).href;
}
