import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { buildIntegrationGuide, usualChoice } from '../../../src/domain/integration/guide.ts';
import type { Issuer } from '../../../src/domain/issuer.ts';
import { anIssuer } from '../../factories.ts';
import { jitsiClient, wikiClient } from '../../support/relying-party.ts';

const publicUrl = new URL('https://auth.example.org');
const AT = 'https://auth.example.org/realms/main/protocol/openid-connect';

function textOf(issuer: Issuer, name: string, platform: 'docker' | 'debian' | 'nixos' = 'docker') {
  const choice = { ...usualChoice(issuer), platform };
  const { files } = buildIntegrationGuide(issuer, publicUrl, choice);
  const file = files.find((one) => one.name === name);
  return file?.lines.map(({ text }) => text).join('\n');
}

describe('the lines of the handbook', () => {
  const issuer = anIssuer({ clients: [wikiClient(), jitsiClient({ audience: 'account' })] });

  it('open the popup at the realm, and find the token where sso.html looks', () => {
    const text = textOf(issuer, 'sign-in-popup.js') ?? '';
    const config: unknown = runInNewContext(`const config = {};${text};JSON.stringify(config)`);
    expect(JSON.parse(String(config))).toEqual({
      tokenAuthUrl: `${AT}/auth?client_id=jitsi&response_type=code&scope=openid&state={state}&redirect_uri=https://meet.example.org/static/sso.html&code_challenge={code_challenge}&code_challenge_method=S256`,
      tokenAuthInline: true,
      tokenLogoutUrl: `${AT}/logout?post_logout_redirect_uri=https://meet.example.org/static/logout.html`,
      sso: {
        ssoService: 'auth.example.org',
        tokenService: 'auth.example.org/realms/main/protocol/openid-connect',
        clientId: 'jitsi',
      },
    });
  });

  it('let Prosody take the tokens of the page and of the apps', () => {
    expect(textOf(issuer, 'popup.env')).toBe(
      [
        'JWT_ACCEPTED_ISSUERS=https://auth.example.org/,https://auth.example.org/realms/main',
        'JWT_ACCEPTED_AUDIENCES=jitsi,account',
        `XMPP_CONFIGURATION=cache_keys_url="${AT}/certs"`,
      ].join('\n'),
    );
    expect(textOf(issuer, 'popup.cfg.lua', 'debian')).toContain(
      'asap_accepted_issuers = { "https://auth.example.org/", "https://auth.example.org/realms/main" }',
    );
  });

  it.each([
    ['main', 'https://auth.example.org/', 'popup_replaces'],
    ['partner', 'https://auth.example.org/realms/partner', 'popup_repeats'],
  ])('say of issuer %s what becomes of the line above', (slug, iss, note) => {
    const own = anIssuer({ slug, iss, clients: [jitsiClient()] });
    for (const platform of ['docker', 'debian'] as const) {
      const { files } = buildIntegrationGuide(own, publicUrl, { ...usualChoice(own), platform });
      const popup = files.find(({ name }) => name === 'popup.env' || name === 'popup.cfg.lua');
      expect(popup?.lines[0]?.note).toBe(note);
    }
  });

  it('are not there without a Jitsi client', () => {
    expect(textOf(anIssuer({ clients: [wikiClient()] }), 'sign-in-popup.js')).toBeUndefined();
    expect(textOf(anIssuer({ algorithm: 'HS256' }), 'popup.env')).toBeUndefined();
  });
});
