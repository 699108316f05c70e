/**
 * Mail over SMTP, when the environment names a server.
 *
 * @module
 */
import { createTransport } from 'nodemailer';
import type { Log } from '../http/log.ts';

export interface Mailer {
  /** False when the server did not take it; that is logged, without whom it was for. */
  send(mail: Mail): Promise<boolean>;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailerSettings {
  /** `smtp://user:password@host:587` (STARTTLS where the server has it), `smtps://…`. */
  readonly url: string;
  readonly from: string;
}

/** An administrator waits for it. */
const TIMEOUT_MS = 10_000;

export function createMailer({ url, from }: MailerSettings, log: Pick<Log, 'warn'>): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS / 2,
    greetingTimeout: TIMEOUT_MS / 2,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      try {
        // As an object: an address is never read as a list of them.
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
        return true;
      } catch (err) {
        log.warn({ err: withoutAddresses(err) }, 'a mail was not sent');
        return false;
      }
    },
  };
}

/** Servers repeat whom they refuse. */
function withoutAddresses(err: unknown): Error {
  const code = err instanceof Error && 'code' in err ? String(err.code) : 'unknown';
  const reply = err instanceof Error && 'responseCode' in err ? ` ${String(err.responseCode)}` : '';
  return new Error(`SMTP: ${code}${reply}`);
}
