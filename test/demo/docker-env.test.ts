import { describe, expect, it } from 'vitest';
import { readDockerEnv } from '../../src/demo/docker-env.ts';
import { buildIntegrationGuide, usualChoice } from '../../src/domain/integration/guide.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import type { ProsodyHost } from '../../src/domain/prosody/host.ts';
import { ask, claims, hs, ROOM, SECRET } from '../domain/prosody/tokens.ts';
import { anIssuer } from '../factories.ts';

const PUBLIC_URL = new URL('https://auth.example.org');

function guideLines(issuer: Issuer): string {
  const { files } = buildIntegrationGuide(issuer, PUBLIC_URL);
  return files.flatMap((file) => file.lines.map(({ text }) => text)).join('\n');
}

describe('the lines of the integration page, read as docker-jitsi-meet reads them', () => {
  it('set up keys from the key server, and roles from the token alone', () => {
    const issuer = anIssuer({ algorithm: 'RS256' });
    const setup = readDockerEnv(guideLines(issuer));
    expect(setup.keys.kind).toBe('asap');
    expect(setup.prosody).toMatchObject({
      appId: issuer.appId,
      asapAcceptedIssuers: [issuer.iss],
      asapAcceptedAudiences: [issuer.appId],
      signatureAlgorithm: 'RS256',
      jicofoAuthentication: false,
      enableAutoOwner: false,
      tokenAffiliation: true,
      enableDomainVerification: false,
    });
    expect(setup.tokenAuthUrl).toMatch(/\/login\?room=\{room\}&state=\{state\}$/);
    expect(setup.tokenLogoutUrl).toMatch(/\/logout$/);
  });

  it('set up the shared secret', () => {
    const setup = readDockerEnv(guideLines(anIssuer({ algorithm: 'HS256' })), 'the secret');
    expect(setup.keys).toEqual({ kind: 'secret', appSecret: 'the secret' });
  });

  it('switch domain verification on for an issuer with tenants', () => {
    const setup = readDockerEnv(guideLines(anIssuer({ sub: 'tenant' })));
    expect(setup.prosody.enableDomainVerification).toBe(true);
  });
});

describe('the lines with guests', () => {
  const guideHost = (issuer: Issuer): ProsodyHost => {
    const choice = { ...usualChoice(issuer), guests: 'wait_for_host' } as const;
    const { files } = buildIntegrationGuide(issuer, PUBLIC_URL, choice);
    const lines = files.flatMap((file) => file.lines.map(({ text }) => text)).join('\n');
    const { prosody } = readDockerEnv(lines, SECRET);
    return { ...prosody, keys: { kind: 'secret', appSecret: SECRET } };
  };
  const HS = { algorithm: 'HS256', iss: 'jitsi', appId: 'jitsi' } as const;
  const hosts = [
    ['one domain', guideHost(anIssuer(HS)), { room: ROOM }],
    ['tenants', guideHost(anIssuer({ ...HS, sub: 'tenant' })), { room: ROOM, tenant: 't1' }],
  ] as const;

  it.each(hosts)('let guests wait for somebody with a token: %s', (_what, host, join) => {
    const guest = { ...join, guest: true };
    expect(ask(undefined, host, { ...guest, hostPresent: false }).verdict).not.toBe('accepted');
    expect(ask(undefined, host, { ...guest, hostPresent: true })).toMatchObject({
      verdict: 'accepted',
      role: 'participant',
      affiliation: 'none',
    });
  });

  it.each(hosts)('leave it to the token who moderates: %s', (_what, host, join) => {
    for (const moderator of ['true', 'false']) {
      const token = hs(
        claims({ iss: 'jitsi', aud: 'jitsi', sub: '*', context: { user: { moderator } } }),
      );
      const role = moderator === 'true' ? 'moderator' : 'participant';
      expect(ask(token, host, join)).toMatchObject({ verdict: 'accepted', role });
    }
  });

  it.each(hosts)('let nobody past without a token who is no guest: %s', (_what, host, join) => {
    expect(ask(undefined, host, join).verdict).not.toBe('accepted');
  });
});

const LEAST = `
ENABLE_AUTH=1
AUTH_TYPE=jwt
JWT_APP_ID=jitsi
JWT_APP_SECRET=s
TOKEN_AUTH_URL=https://auth.example.org/{room}`;

describe('lines that say less', () => {
  it('leave everybody a moderator, as docker-jitsi-meet does', () => {
    expect(readDockerEnv(LEAST).prosody).toMatchObject({
      jicofoAuthentication: true,
      enableAutoOwner: true,
      tokenAffiliation: false,
    });
  });

  it.each(['ENABLE_AUTH', 'AUTH_TYPE', 'JWT_APP_ID', 'JWT_APP_SECRET', 'TOKEN_AUTH_URL'])(
    'are no sign-in without %s',
    (name) => {
      const lines = LEAST.split('\n').filter((line) => !line.startsWith(name));
      expect(() => readDockerEnv(lines.join('\n'))).toThrow(name);
    },
  );
});
