import { describe, expect, it } from 'vitest';
import { buildIntegrationGuide, usualChoice } from '../../../src/domain/integration/guide.ts';
import {
  type GuideChoice,
  type GuideFile,
  GUESTS,
  KEY_MODES,
  PLATFORMS,
  printGuideFile,
} from '../../../src/domain/integration/guide-file.ts';
import type { Issuer } from '../../../src/domain/issuer.ts';
import { anIssuer } from '../../factories.ts';

const PUBLIC_URL = new URL('https://auth.example.org');
const CHOICES = PLATFORMS.flatMap((platform) =>
  KEY_MODES.flatMap((keys) => GUESTS.map((guests) => ({ platform, keys, guests }))),
);

function files(choice: Partial<GuideChoice>, issuer: Partial<Issuer> = {}): readonly GuideFile[] {
  const base = anIssuer(issuer);
  return buildIntegrationGuide(base, PUBLIC_URL, { ...usualChoice(base), ...choice }).files;
}

const linesOf = (list: readonly GuideFile[]) =>
  list.flatMap((file) => file.lines.map(({ text }) => text));
const text = (choice: Partial<GuideChoice>, issuer?: Partial<Issuer>) =>
  linesOf(files(choice, issuer)).join('\n');

describe('buildIntegrationGuide', () => {
  it.each(CHOICES)('lets the token alone say who moderates: %o', (choice) => {
    const all = text(choice);
    expect(all).toMatch(
      /JICOFO_ENABLE_AUTH=0|authentication \{ enabled = false \}|authentication\.enabled = lib\.mkForce false;/,
    );
    expect(all).toMatch(/ENABLE_AUTO_OWNER=0|enable-auto-owner = false/);
    expect(all).toMatch(/XMPP_MUC_MODULES=token_affiliation|"token_affiliation";/);
    expect(
      /wait_for_host_disable_auto_owners = true|WAIT_FOR_HOST_DISABLE_AUTO_OWNERS=true/.test(all),
    ).toBe(choice.guests === 'wait_for_host');
  });

  it.each(CHOICES)('names one way to the keys only, and never a secret: %o', (choice) => {
    const all = text(choice);
    const isSecret = choice.keys === 'secret';
    expect(/app_secret|JWT_APP_SECRET=/.test(all)).toBe(isSecret);
    expect(/asap_key_server|JWT_ASAP_KEYSERVER=https/.test(all)).toBe(!isSecret);
    expect(all.includes('cache_keys_url')).toBe(choice.keys === 'jwks');
    expect(all.includes('/jwks.json')).toBe(choice.keys === 'jwks');
  });

  it.each(CHOICES)('sends people to sign in and out at our address: %o', (choice) => {
    const all = text(choice, { slug: 'partner' });
    const base = 'https://auth.example.org/jitsi/partner';
    expect(all).toContain(`${base}/login?room={room}&state={state}`);
    expect(all).toContain(`${base}/logout`);
  });

  it.each(CHOICES)('explains every setting, but for structure: %o', (choice) => {
    for (const { lines } of files(choice))
      for (const { text: line, note } of lines)
        if (
          /^\s*[A-Z_]+=|^\s*(app_|asap_|enable_|wait_|config\.)/.test(line) &&
          !line.startsWith('AUTH_TYPE')
        )
          expect(note, line).toBeDefined();
  });

  it('knows whether the issuer signs that way', () => {
    const signed = (issuer: Issuer, keys: GuideChoice['keys']) =>
      buildIntegrationGuide(issuer, PUBLIC_URL, { ...usualChoice(issuer), keys }).isCurrent;
    const rs = anIssuer();
    const hs = anIssuer({ algorithm: 'HS384' });
    expect(usualChoice(hs).keys).toBe('secret');
    expect([signed(rs, 'jwks'), signed(rs, 'secret')]).toEqual([true, false]);
    expect([signed(hs, 'secret'), signed(hs, 'asap')]).toEqual([true, false]);
  });

  it('asks for the algorithm the issuer has, or the usual one of the other kind', () => {
    expect(text({}, { algorithm: 'RS512' })).toContain('JWT_SIGN_TYPE=RS512');
    expect(text({ keys: 'secret' }, { algorithm: 'RS512' })).toContain('JWT_SIGN_TYPE=HS256');
    expect(text({ keys: 'asap' }, { algorithm: 'HS384' })).toContain('JWT_SIGN_TYPE=RS256');
  });

  it('verifies domains with tenants alone, and then waives the room claim of guests', () => {
    const guests = 'wait_for_host';
    expect(text({}, { sub: '*' })).toContain('JWT_ENABLE_DOMAIN_VERIFICATION=false');
    expect(text({ guests }, { sub: '*' })).not.toContain('asap_require_room_claim');
    for (const platform of PLATFORMS) {
      const all = text({ platform, guests, keys: 'jwks' }, { sub: 'tenant' });
      expect(all).toMatch(/asap_require_room_claim ?= ?false/);
      expect(all).toMatch(/(JWT_ALLOW_EMPTY=0|allow_empty_token = false)/);
    }
    expect(text({ guests, keys: 'jwks' }, { sub: 'tenant' })).toContain(
      'XMPP_CONFIGURATION=cache_keys_url="https://auth.example.org/jitsi/jwks.json",asap_require_room_claim=false',
    );
  });

  it.each(PLATFORMS)(
    'leads the host here, and lets guests wait without a token, on %s',
    (platform) => {
      const all = text({ platform, guests: 'wait_for_host' });
      expect(all).toContain('https://auth.example.org/jitsi/login?room={room}&state={state}');
      expect(all).toContain('muc_wait_for_host');
      expect(all).toMatch(/JWT_ALLOW_EMPTY=0|allow_empty_token = false/);
      expect(all).toMatch(/ENABLE_GUESTS=1|anonymous/);
    },
  );

  it('asks for the lobby module when a rule lets people past', () => {
    const policy = { useRule: undefined, moderatorRule: undefined, features: undefined };
    const rooms = [{ match: 'a', ...policy, lobbyBypass: '1' }];
    expect(text({})).not.toContain('token_lobby_bypass');
    expect(text({}, { lobbyBypass: '1' })).toContain('token_affiliation,token_lobby_bypass');
    expect(text({ platform: 'debian' }, { rooms })).toContain('"token_lobby_bypass";');
  });

  it('shows a proxy only before an https address', () => {
    const names = (url: string) =>
      buildIntegrationGuide(anIssuer(), new URL(url)).files.map(({ name }) => name);
    expect(names('https://auth.example.org')).toContain('nginx.conf');
    expect(names('http://localhost:3000')).not.toContain('nginx.conf');
  });

  it('writes hostile names so that each language keeps them as text', () => {
    const issuer = { appId: `a"b\\c'd\${e}''f` };
    expect(text({ platform: 'debian' }, issuer)).toContain(`app_id = "a\\"b\\\\c'd\${e}''f"`);
    expect(text({ platform: 'nixos' }, issuer)).toContain(`app_id = "a\\"b\\\\c'd''\${e}'''f"`);
    expect(text({}, issuer)).toContain(`JWT_APP_ID="a\\"b\\\\c'd\\\${e}''f"`);
    expect(text({}, { appId: 'a $b' })).toContain(`JWT_APP_ID='a $b'`);
  });
});

describe('printGuideFile', () => {
  it('puts the explanation above its line, as a comment of that language', () => {
    const [nix] = files({ platform: 'nixos' });
    const printed = nix ? printGuideFile(nix, (note) => `why ${note}`) : '';
    expect(printed).toContain('    # why token_address\n    tokenAuthUrl');
    expect(printed).toContain('    -- why sign_in_on\n    authentication = "token"');
    const [env] = files({});
    expect(env && printGuideFile(env, (note) => note)).toMatch(/^# sign_in_on\nENABLE_AUTH=1\n/);
  });
});
