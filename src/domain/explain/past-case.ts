import type { AuthFacts } from '../rules/facts.ts';

/** A decision that was made, in the words `explain` asks with. */
export interface PastCase {
  readonly reference: string;
  /** Slug; `undefined` when the issuer is gone. */
  readonly issuer: string | undefined;
  /** The username of today; that of then when the person is gone. */
  readonly username: string;
  readonly userGone: boolean;
  /** None at an OpenID client that leads to no room. */
  readonly room: string | undefined;
  /** Id of the OpenID client that asked. */
  readonly client: string | undefined;
  readonly tenant: string | undefined;
  readonly at: Date;
  readonly ip: string | undefined;
  /** `undefined` for rows written before it was kept. */
  readonly auth: AuthFacts | undefined;
  readonly outcome: 'allowed' | 'denied';
  /** Of a refusal. */
  readonly reason: string | undefined;
  /** Path of the use rule that decided then. */
  readonly rule: string | undefined;
  readonly role: string | undefined;
}
