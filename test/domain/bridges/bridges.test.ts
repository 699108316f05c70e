import { describe, expect, it } from 'vitest';
import { BRIDGE_NAMES, BRIDGES } from '../../../src/domain/bridges/index.ts';
import {
  BRIDGE_SECRET,
  CLIENT_SECRET,
  EXAMPLES,
  issuerOf,
  mistakesOf,
  readExample,
  said,
  upstreamOf,
} from '../../support/bridge-examples.ts';

describe.each(BRIDGE_NAMES)('the settings of %s', (name) => {
  const required = {
    'jitsi-openid': ['JITSI_URL', 'JITSI_SUB', 'ISSUER_URL', 'BASE_URL', 'CLIENT_ID'].concat(
      'JITSI_SECRET',
      'CLIENT_SECRET',
    ),
    'go-openid': ['JITSI_URL', 'JITSI_SUB', 'ISSUER_BASE_URL', 'BASE_URL', 'CLIENT_ID'].concat(
      'JITSI_SECRET',
      'SECRET',
    ),
    'jitsi-oidc-adapter': ['OIDC_ISSUER_URL'],
    'jitsi-keycloak-adapter': ['KEYCLOAK_ORIGIN'],
    aadp: ['client_id', 'client_secret']
      .map((key) => `oauth.${key}`)
      .concat('jwt.subject', 'jwt.issuer', 'jwt.audience', 'jwt.secret_key'),
  }[name];

  it('become one issuer and one upstream, with passwords for administrators alone', () => {
    const reading = readExample(name);
    expect(mistakesOf(reading)).toEqual([]);
    expect(reading.config).toMatchObject({
      signIn: { local: 'administrators' },
      issuers: [
        {
          slug: 'main',
          serverUrl: expect.stringMatching(/^https:\/\/meet\.example\.org\/?$/),
          algorithm: 'HS256',
          secret: BRIDGE_SECRET,
          useRule: '1',
        },
      ],
      upstreams: [{ slug: 'sso', type: 'oidc', createRule: '1' }],
    });
    expect(issuerOf(reading)).not.toHaveProperty('carriedOverSecret');
    expect(issuerOf(reading)?.anyRoom).toBeUndefined();
  });

  it('are missed all at once, by their names', () => {
    const none = BRIDGES[name].read({ values: {}, readFile: () => undefined, serverUrl: 'x' });
    expect(none.config).toBeUndefined();
    const missed = mistakesOf(none).filter((mistake) => / is required/.test(mistake));
    expect(missed.map((mistake) => mistake.split(' ')[0])).toEqual(
      expect.arrayContaining(required),
    );
    for (const setting of required)
      expect(mistakesOf(readExample(name, { [setting]: '' }))).toHaveLength(1);
  });

  it('leave no secret in what is said of them', () => {
    const { notes } = readExample(name);
    expect(JSON.stringify(notes)).not.toContain(BRIDGE_SECRET);
    expect(JSON.stringify(notes)).not.toContain(CLIENT_SECRET);
    expect(new Set(notes.map(({ kind }) => kind))).toContain('stricter');
    expect(said({ ...readExample(name) }, 'jitsi')).toContain('At Prosody nothing changes');
  });

  it('are all known, and a short secret is carried over and warned of', () => {
    const known: readonly string[] = BRIDGES[name].settings;
    expect(Object.keys(EXAMPLES[name]).filter((one) => !known.includes(one))).toEqual([]);
    const secret = known.find((one) => /^(JITSI_SECRET|JWT_APP_SECRET|jwt\.secret_key)$/.test(one));
    const weak = readExample(name, { [secret ?? '']: 'short' });
    expect(issuerOf(weak)).toMatchObject({ secret: 'short', carriedOverSecret: true });
    expect(said(weak, 'warning')).toContain('too short for HS256');
  });
});

describe('go-openid', () => {
  it('shortens its thirty days, and says so', () => {
    const reading = readExample('go-openid', { PREJOIN: 'true' });
    expect(issuerOf(reading)).toMatchObject({ tokenTtlSeconds: 86_400, skipPrejoin: false });
    expect(said(reading, 'stricter')).toContain('instead of 30 days');
    expect(upstreamOf(reading)?.mapping).toEqual({ displayName: 'claims["nickname"]' });
    expect(upstreamOf(readExample('go-openid', { NAME_KEY: '' }))).not.toHaveProperty('mapping');
  });

  it('lets pass the lobby whom the claim it was told of names', () => {
    const reading = readExample('go-openid', { LOBBY_BYPASS_KEY: 'vip' });
    expect(upstreamOf(reading)?.attributes).toEqual({ lobby_bypass: 'claims["vip"]' });
    expect(issuerOf(reading)?.lobby).toEqual({ bypass: expect.stringContaining('lobby_bypass') });
    expect(said(reading, 'understood')).toContain('claim vip');
    expect(issuerOf(readExample('go-openid'))).not.toHaveProperty('lobby');
  });
});

describe.each(['jitsi-openid', 'go-openid'] as const)('the address of %s', (name) => {
  it('becomes Roomkey’s, with its callback', () => {
    expect(said(readExample(name), 'understood')).toContain(
      'PUBLIC_URL=https://auth.example.org, and the callback stays https://auth.example.org/callback',
    );
  });

  it.each([
    ['https://auth.example.org/openid', 'has the path /openid'],
    ['https://meet.example.org', 'is Jitsi’s own'],
    ['https://meet.example.org/openid', 'is Jitsi’s own'],
  ])('%s cannot be: it %s', (BASE_URL, words) => {
    const reading = readExample(name, { BASE_URL });
    expect(said(reading, 'jitsi')).toContain(words);
    expect(said(reading, 'understood')).not.toContain('callback');
  });
});

describe('the adapters', () => {
  const read = (changes: Record<string, string> = {}) => readExample('jitsi-oidc-adapter', changes);

  it('keep id, sub by tenant, lobby and life', () => {
    expect(issuerOf(read())).toMatchObject({
      iss: 'meetings',
      appId: 'meetings',
      sub: 'tenant',
      tokenTtlSeconds: 10_800,
      lobby: { bypass: '1' },
      extraClaims: { 'context.user.security_bypass': '"true"' },
      mapping: { id: 'has(user.attributes.subject) ? user.attributes.subject : user.id' },
    });
    expect(upstreamOf(read())).toMatchObject({
      auth: 'client_secret_basic',
      callback: '/oidc/tokenize',
      attributes: { subject: 'claims.sub' },
    });
    const keycloak = readExample('jitsi-keycloak-adapter');
    expect(issuerOf(keycloak)).toMatchObject({ tokenTtlSeconds: 3600 });
    expect(upstreamOf(keycloak)).toMatchObject({
      issuerUrl: 'https://id.example.org/realms/house',
      auth: 'none',
    });
  });

  it('go to Keycloak inside, and send browsers outside', () => {
    const changes = { KEYCLOAK_ORIGIN_INTERNAL: 'https://keycloak:8443/' };
    const { endpoints } = upstreamOf(readExample('jitsi-keycloak-adapter', changes)) ?? {};
    expect(endpoints).toMatchObject({
      authorization: 'https://id.example.org/realms/house/protocol/openid-connect/auth',
      token: 'https://keycloak:8443/realms/house/protocol/openid-connect/token',
    });
  });

  it.each([
    [{ JWT_ALG: 'HS512', JWT_HASH: 'SHA-512' }, []],
    [{ JWT_ALG: 'HS512' }, ['JWT_HASH must be SHA-512 with JWT_ALG HS512']],
    [{ JWT_ALG: 'ES256' }, ['JWT_ALG must be one of HS256, HS384, HS512']],
    [{ JWT_EXP_SECOND: '1h' }, ['JWT_EXP_SECOND must be a whole number of seconds']],
  ])('take %j as the bridge did', (changes, mistakes) => {
    expect(mistakesOf(read(changes as Record<string, string>))).toEqual(mistakes);
  });

  it.each(['jitsi-oidc-adapter', 'jitsi-keycloak-adapter'] as const)(
    'of %s trusted any certificate, and Roomkey none it cannot verify',
    (name) => {
      const trusting = readExample(name, { ALLOW_UNSECURE_CERT: 'true' });
      expect(said(trusting, 'stricter')).toContain('NODE_EXTRA_CA_CERTS');
      expect(said(readExample(name), 'stricter')).not.toContain('NODE_EXTRA_CA_CERTS');
    },
  );

  it('need to be told where Jitsi is, and warn of the secret everybody knows', () => {
    const homeless = readExample('jitsi-oidc-adapter', {}, { serverUrl: undefined });
    expect(mistakesOf(homeless)).toEqual([expect.stringContaining('--server-url is required')]);
    const reading = read({ JWT_APP_SECRET: '', JWT_EXP_SECOND: '1' });
    expect(said(reading, 'warning')).toContain('everybody can sign tokens');
    expect(issuerOf(reading)).toMatchObject({ secret: 'myappsecret', tokenTtlSeconds: 10 });
  });
});

describe('aadp', () => {
  const read = (changes: Record<string, string> = {}) => readExample('aadp', changes);

  it('makes everybody an owner, at the host its subject names', () => {
    expect(issuerOf(read())).toMatchObject({
      iss: 'house',
      appId: 'meetings',
      sub: 'meet.example.org',
      tokenTtlSeconds: 18_000,
      moderatorRule: '1',
    });
    expect(upstreamOf(read())).toMatchObject({
      issuerUrl: 'https://id.example.org',
      auth: 'client_secret_post',
      callback: '/oidc/redirect',
      scopes: ['openid', 'profile', 'email'],
    });
  });

  it('takes the addresses of the file where there is no discovery', () => {
    const addresses = {
      'urls.oidc_discovery': '',
      'oauth.authorize_url': 'https://id.example.org/authorize',
      'oauth.access_token_url': 'https://id.example.org/token',
      'oauth.jwks_uri': 'https://id.example.org/jwks',
    };
    expect(upstreamOf(read(addresses))).toMatchObject({
      scopes: ['openid'],
      endpoints: {
        authorization: 'https://id.example.org/authorize',
        token: 'https://id.example.org/token',
        jwks: 'https://id.example.org/jwks',
      },
    });
    expect(mistakesOf(read({ 'urls.oidc_discovery': '' }))).toHaveLength(3);
  });

  it('asks for no words of a comment behind the scopes', () => {
    const reading = read({ 'oauth.scope': 'openid email # Change as you like' });
    expect(upstreamOf(reading)?.scopes).toEqual(['openid', 'email', 'profile']);
    expect(said(reading, 'warning')).toBe('');
  });

  it('warns of comments behind a value, and of another Jitsi in jitsi_base', () => {
    const reading = read({ 'jwt.issuer': 'house  # ours', 'urls.jitsi_base': 'https://other' });
    expect(issuerOf(reading)?.iss).toBe('house  # ours');
    expect(said(reading, 'warning')).toMatch(/\[jwt\] issuer ends in[^]*jitsi_base is/);
    expect(mistakesOf(read({ 'jwt.subject': 'a/b' }))).toEqual([
      expect.stringContaining('must be Jitsi’s host'),
    ]);
  });
});
