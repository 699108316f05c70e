import { describe, expect, it } from 'vitest';
import { readDockerEnv } from '../../src/demo/docker-env.ts';
import { buildIntegrationGuide } from '../../src/domain/integration/guide.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
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
