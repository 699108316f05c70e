import type { OpenidPages } from '../../../src/http/page-contexts/openid.ts';
import { CLIENT_SCOPES } from '../../../src/domain/client.ts';
import { NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function openidSamples(text: string): SamplesOf<OpenidPages> {
  const client = { clientName: text, action: '/realms/main/interaction/x?client=wiki' };
  const given = { issuerSlug: 'main', clientId: 'wiki', clientName: text, givenAt: NOW };
  return {
    'account-applications': [
      { now: NOW, consents: [] },
      { now: NOW, consents: [{ ...given, scopes: CLIENT_SCOPES }] },
    ],
    'openid-consent': [
      { ...client, host: 'wiki.example.org', displayName: text, scopes: CLIENT_SCOPES },
    ],
    'openid-logout': [
      { action: '/realms/main/sign-out', fields: [] },
      { action: '/realms/main/sign-out', fields: [{ name: 'state', value: text }] },
    ],
    'openid-prove': [
      { ...client, username: text, problem: undefined },
      { ...client, username: text, problem: 'password_wrong' },
      { ...client, username: text, problem: 'login_limited' },
    ],
  };
}
