/**
 * The pages of an OpenID sign-in, and what a person let applications know.
 *
 * @module
 */
import type { ClientScope } from '../../domain/client.ts';

export interface GivenConsent {
  readonly issuerSlug: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly scopes: readonly ClientScope[];
  readonly givenAt: Date;
}

export interface OpenidPages {
  'account-applications': {
    readonly now: Date;
    readonly consents: readonly GivenConsent[];
  };
  'openid-consent': {
    readonly clientName: string;
    /** Where the application is: `wiki.example.org`. */
    readonly host: string;
    readonly displayName: string;
    readonly scopes: readonly ClientScope[];
    readonly action: string;
  };
  'openid-logout': {
    readonly action: string;
    /** Of the request, carried on in the form. */
    readonly fields: readonly { readonly name: string; readonly value: string }[];
  };
  'openid-prove': {
    readonly clientName: string;
    readonly username: string;
    readonly action: string;
    readonly problem: 'password_wrong' | 'login_limited' | undefined;
  };
}
