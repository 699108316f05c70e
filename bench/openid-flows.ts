/**
 * What `static/sso.html` and the browser around it send, for people who are signed in.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Flow, Step } from './load/flow.ts';
import { formStep, getRequest } from './requests.ts';
import { JITSI_CLIENT, type Person, type World } from './world.ts';

const VERIFIER = 'v'.repeat(43);
const [REDIRECT = ''] = JITSI_CLIENT.redirectUris;

export const protocolOf = (slug: string) => `/realms/${slug}/protocol/openid-connect`;

/** Ask for a code, and redeem it: one for each person. */
export function codeFlows({ people }: World, slug = 'main'): Flow[] {
  return people.map((person) => ({ once: [], again: codeSteps(person, slug) }));
}

/** Redeem a refresh token for tokens and the next refresh token. */
export function refreshFlows({ people }: World, slug = 'main'): Flow[] {
  return people.map((person) => ({
    once: codeSteps(person, slug),
    again: [redeem(slug, { grant_type: 'refresh_token', refresh_token: '{{refresh}}' })],
  }));
}

function codeSteps({ cookie }: Person, slug: string): Step[] {
  const query = new URLSearchParams({
    client_id: JITSI_CLIENT.clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: REDIRECT,
    state: JSON.stringify({ room: 'Standup', roomSafe: 'standup' }),
    nonce: 'n'.repeat(64),
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return [
    {
      request: getRequest(`${protocolOf(slug)}/auth?${query.toString()}`, { Cookie: cookie }),
      status: 303,
      keeps: { code: '[?&]code=([\\w-]+)' },
    },
    redeem(slug, {
      grant_type: 'authorization_code',
      code: '{{code}}',
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    }),
  ];
}

function redeem(slug: string, grant: Readonly<Record<string, string>>): Step {
  const form = { client_id: JITSI_CLIENT.clientId, ...grant };
  return {
    request: formStep(`${protocolOf(slug)}/token`, form),
    status: 200,
    keeps: { refresh: '"refresh_token":"([\\w-]+)"' },
  };
}
