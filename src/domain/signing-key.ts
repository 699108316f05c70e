/**
 * A signing key's life: next (already published) → active → published (signs no more) → retired.
 *
 * @module
 */
import type { RsaBits } from './issuer.ts';

export type SigningKeyStage = 'next' | 'active' | 'published' | 'retired';

/** `jitsi` signs Jitsi tokens and is served to Prosody; `oidc` signs everything else of a realm. */
export type KeyRing = 'jitsi' | 'oidc';

/** The public half, with where it stands. */
export interface SigningKey {
  /** 128 random bits, base64url; never reused, because Prosody caches a PEM by it for ever. */
  readonly kid: string;
  readonly issuerId: string;
  readonly ring: KeyRing;
  readonly bits: RsaBits;
  readonly stage: SigningKeyStage;
  /** SPKI, PEM. */
  readonly publicPem: string;
  /** Published since then: as `next`, or as `active` for the first key of a ring. */
  readonly createdAt: Date;
  readonly activatedAt: Date | undefined;
  /** When it stopped signing. */
  readonly publishedAt: Date | undefined;
  readonly retiredAt: Date | undefined;
}

/** A key with its private half, only where signing needs it. */
export interface PrivateSigningKey extends SigningKey {
  /** PKCS#8, PEM. */
  readonly privatePem: string;
}
