/**
 * Every setting of the environment: its kind, its default and its meaning.
 *
 * `docs/configuration.md` is printed from here by `npm run docs`.
 *
 * @module
 */
import { z } from 'zod';
import { RETENTION_MAX_DAYS, RETENTION_MIN_DAYS } from '../domain/audit-retention.ts';
import {
  mailAddress,
  networks,
  oneOf,
  origin,
  postgresUrl,
  secrets,
  smtpUrl,
  text,
  whole,
  wholeNumbers,
  yesOrNo,
} from './kinds.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What the documentation says of a setting. */
export interface About {
  /** Under which heading it is printed. */
  readonly section: 'Addresses' | 'Data' | 'Sessions' | 'Sign-in limits' | 'Mail' | 'Running';
  readonly meaning: string;
  /** As it would stand in the environment. */
  readonly fallback?: string;
  /** In words, where the default is not a constant. */
  readonly otherwise?: string;
}

/** A setting with a default reads it as if it stood in the environment; others may be absent. */
function setting<T>(kind: z.ZodType<T, string>, about: About & { fallback: string }) {
  return kind.prefault(about.fallback).meta({ ...about });
}
function optional<T>(kind: z.ZodType<T, string>, about: About & { otherwise: string }) {
  return kind.optional().meta({ ...about });
}

export const environmentSchema = z.object({
  PUBLIC_URL: optional(origin, {
    section: 'Addresses',
    otherwise: 'what setup stored, else `http://localhost:$PORT`',
    meaning:
      'Where browsers reach Roomkey: an origin without a path. The only origin Roomkey believes, whatever a request says.',
  }),
  PORT: setting(whole({ from: 0, to: 65_535 }), {
    section: 'Addresses',
    fallback: '3000',
    meaning: 'TCP port to listen on; 0 takes a free one.',
  }),
  HOST: setting(text, {
    section: 'Addresses',
    fallback: '127.0.0.1',
    meaning: 'Address to listen on; `0.0.0.0` or `::` for all of them.',
  }),
  TRUSTED_PROXIES: setting(networks, {
    section: 'Addresses',
    fallback: '',
    meaning:
      'Networks of the reverse proxies whose `X-Forwarded-For` counts, as CIDRs separated by commas.',
  }),
  ALLOW_LOOPBACK: setting(yesOrNo, {
    section: 'Addresses',
    fallback: '0',
    meaning: '1 lets Roomkey fetch configured addresses on this very machine.',
  }),

  DATABASE_URL: optional(postgresUrl, {
    section: 'Data',
    otherwise: 'the embedded database in `DATA_DIR`',
    meaning: 'Postgres 15 or newer: `postgres://user:password@host:5432/roomkey`.',
  }),
  DATABASE_POOL_MAX: setting(whole({ from: 1, to: 1000 }), {
    section: 'Data',
    fallback: '10',
    meaning: 'Most connections to Postgres at once, for each process.',
  }),
  DATA_DIR: setting(text, {
    section: 'Data',
    fallback: './data',
    meaning: 'Folder of the embedded database and its generated secret.',
  }),
  ROOMKEY_SECRET: optional(secrets, {
    section: 'Data',
    otherwise: 'made on first start in `DATA_DIR/secret`; required with `DATABASE_URL`',
    meaning:
      'Seals private keys and secrets at rest: 32 random bytes in hex or base64 (`openssl rand -hex 32`). Several may be given, separated by commas: the first seals, all open. Losing it loses the keys.',
  }),
  AUDIT_RETENTION_DAYS: optional(whole({ from: RETENTION_MIN_DAYS, to: RETENTION_MAX_DAYS }), {
    section: 'Data',
    otherwise: 'what administrators set, else 90',
    meaning: 'How long audit events are kept.',
  }),

  SESSION_IDLE_SECONDS: setting(whole({ from: 60 }), {
    section: 'Sessions',
    fallback: '28800',
    meaning: 'A sign-in ends when it was not used for so long.',
  }),
  SESSION_MAX_SECONDS: setting(whole({ from: 60 }), {
    section: 'Sessions',
    fallback: '86400',
    meaning: 'A sign-in ends after so long in any case.',
  }),
  SESSION_REMEMBER_SECONDS: setting(whole({ from: 60 }), {
    section: 'Sessions',
    fallback: '2592000',
    meaning: 'The same for people who asked to stay signed in, used or not.',
  }),

  LOGIN_WAITS_SECONDS: setting(wholeNumbers, {
    section: 'Sign-in limits',
    fallback: '0,0,0,1,2,5,10,30,60',
    meaning:
      'How long one account waits for one address after each failure in a row; the last counts for all that follow.',
  }),
  LOGIN_ACCOUNT_HOUR_FAILURES: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '30',
    meaning: 'Most failures for one account in an hour, from devices it does not know.',
  }),
  LOGIN_ACCOUNT_DAY_FAILURES: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '100',
    meaning: 'Most failures for one account in a day, from devices it does not know.',
  }),
  LOGIN_ADDRESS_FAILURES: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '60',
    meaning: 'Most failures from one address (IPv6: /64) in `LOGIN_ADDRESS_WINDOW_SECONDS`.',
  }),
  LOGIN_ADDRESS_WINDOW_SECONDS: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '600',
    meaning: 'The time in which failures and different names of one address are counted.',
  }),
  LOGIN_ADDRESS_NAMES: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '15',
    meaning:
      'After so many different names that failed from one address, its unknown devices are slowed down.',
  }),
  LOGIN_STUFFING_WAIT_SECONDS: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '60',
    meaning: 'Slowed down, an address gets one attempt in so long.',
  }),
  LOGIN_STUFFING_HOLD_SECONDS: setting(whole({ from: 1 }), {
    section: 'Sign-in limits',
    fallback: '3600',
    meaning: 'How long an address stays slowed down.',
  }),
  SHARED_NETWORKS: setting(networks, {
    section: 'Sign-in limits',
    fallback: '',
    meaning:
      'Networks behind which many people share one address, as CIDRs: the limits of one address spare them.',
  }),
  HASHING_CONCURRENCY: optional(whole({ from: 1, to: 256 }), {
    section: 'Sign-in limits',
    otherwise: 'the number of cores',
    meaning: 'Password hashes computed at once; each takes a core and 19 MiB.',
  }),
  HASHING_QUEUE_MAX: setting(whole({ from: 0 }), {
    section: 'Sign-in limits',
    fallback: '100',
    meaning: 'Sign-ins that may wait for a hash; more are answered 503 with Retry-After.',
  }),

  SMTP_URL: optional(smtpUrl, {
    section: 'Mail',
    otherwise: 'none: links are shown to administrators alone',
    meaning:
      'Mail server for links with which people choose a password: `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…:465`. A server of your own without a valid certificate: `?tls.rejectUnauthorized=false`, without TLS at all: `?ignoreTLS=true`.',
  }),
  MAIL_FROM: optional(mailAddress, {
    section: 'Mail',
    otherwise: 'none; required with `SMTP_URL`',
    meaning: 'Sender: `Meetings <roomkey@example.org>`.',
  }),

  LOG_LEVEL: setting(oneOf(LOG_LEVELS), {
    section: 'Running',
    fallback: 'info',
    meaning: `How much is logged: ${LOG_LEVELS.join(', ')}.`,
  }),
});

export type Environment = z.output<typeof environmentSchema>;
