/**
 * What we write to people, in their language.
 *
 * @module
 */
import type { User } from '../domain/user.ts';
import { DEFAULT_LANGUAGE, isLanguage, type Language, type Wording } from './messages.ts';

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

export function writeLinkMail(
  wordings: (language: Language) => Wording,
  facts: {
    readonly user: Pick<User, 'displayName' | 'language' | 'username'>;
    readonly link: string;
    readonly expiresAt: Date;
    /** Name of the house. */
    readonly house: string;
  },
): MailText {
  const { user, link, expiresAt, house } = facts;
  const { text, dateTime } = wordings(isLanguage(user.language) ? user.language : DEFAULT_LANGUAGE);
  return {
    subject: text('mail.link.subject', { house }),
    text: [
      text('mail.link.greeting', { name: user.displayName }),
      text('mail.link.why', { house, username: user.username }),
      link,
      text('mail.link.until', { at: dateTime(expiresAt) }),
      text('mail.link.not_you'),
    ].join('\n\n'),
  };
}
