/** How a person proved who they are (RFC 8176 names). */
export type AuthMethod = 'pwd' | 'setup';

/** A sign-in, from its proof to its end. */
export interface Session {
  /** UUID; safe to show. The cookie holds another secret, of which only a hash is kept. */
  readonly id: string;
  readonly userId: string;
  readonly methods: readonly AuthMethod[];
  /** When the person last proved who they are. */
  readonly authenticatedAt: Date;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** Ends when unused until then. */
  readonly idleExpiresAt: Date;
  /** Ends then in any case. */
  readonly expiresAt: Date;
  readonly remembered: boolean;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}
