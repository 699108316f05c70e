/**
 * What is found in a token that somebody pasted.
 *
 * @module
 */
import type { Advice } from '../prosody/advice.ts';
import type { Check } from '../prosody/finding.ts';
import type { Json } from '../prosody/json.ts';
import type { ProsodyVerdict } from '../prosody/verify.ts';
import type { SigningKeyStage } from '../signing-key.ts';

export interface Inspection {
  readonly header: Json | undefined;
  readonly claims: Json | undefined;
  /** Prosody's words for a token that cannot be taken apart. */
  readonly unreadable: string | undefined;
  readonly bytes: number;
  /** The key or secret of ours that made the signature. */
  readonly signedBy: TokenSigner | undefined;
  /** What speaks for which issuer, the most likely first. */
  readonly issuers: readonly Likeness[];
  /** Absent when there is no issuer to ask. */
  readonly judged: Judgement | undefined;
}

export interface Likeness {
  readonly slug: string;
  readonly by: readonly ('signature' | 'kid' | 'iss' | 'aud')[];
}

export interface Judgement {
  /** Slug of the issuer whose settings were taken. */
  readonly issuer: string;
  readonly room: string;
  readonly verdict: ProsodyVerdict;
  readonly lines: readonly InspectedLine[];
  /** For a token that is no longer valid: what was said when it was issued. */
  readonly whenIssued: ProsodyVerdict['verdict'] | undefined;
}

export interface InspectedLine extends Check {
  readonly advice: Advice | undefined;
}

export interface TokenSigner {
  readonly issuerId: string;
  /** Slug; `undefined` when the issuer is gone. */
  readonly issuer: string | undefined;
  /** Absent for a shared secret. */
  readonly kid: string | undefined;
  readonly stage: SigningKeyStage | undefined;
}
